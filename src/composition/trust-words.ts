/** How each system comes to trust the authority in this file; docs/runbooks/https.md says the same at leisure. */
export function howToTrust(file: string): string {
  const lines: readonly (readonly [string, string])[] = [
    ['macOS', `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "${file}"`],
    ['Windows', `certutil -user -addstore Root "${file}"`],
    [
      'Chrome, Chromium on Linux',
      `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n holdfast-local -i "${file}"   (Debian: libnss3-tools)`,
    ],
    ['Firefox', 'Settings, Certificates, View Certificates, Authorities, Import'],
    [
      'curl on Debian, Ubuntu',
      `sudo cp "${file}" /usr/local/share/ca-certificates/holdfast-local.crt && sudo update-ca-certificates`,
    ],
    ['programs on Node', `NODE_EXTRA_CA_CERTS="${file}"`],
  ];
  return [
    'A new certificate authority, good for localhost alone, is in',
    `  ${file}`,
    'Trust it once, then start the browser anew:',
    ...lines.map(([system, how]) => `  ${system.padEnd(27)}${how}`),
    'Without that the browser warns; whoever clicks the warning away is let in, but no browser binds sessions to the',
    'device (DBSC) where there was any error of a certificate, and none says so.',
  ].join('\n');
}
