/** Whether a URL's hostname stands for this machine: localhost, 127.0.0.0/8 or ::1 (RFC 6761 §6.3, RFC 8252 §7.3). */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** Whether a hostname can never exist on the Internet: `.test` (RFC 6761 §6.2). */
export function isTestHost(hostname: string): boolean {
  return hostname.toLowerCase().endsWith('.test');
}
