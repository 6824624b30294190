/** A whole answer of ours, for any framework to send. */
export interface DeviceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// DBSC §5: no other site learns by asking whether somebody is signed in.
const own = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

export function jsonAnswer(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): DeviceAnswer {
  return {
    status,
    headers: { ...own, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): DeviceAnswer {
  return { status, headers: { ...own, ...headers }, body: '' };
}
