// One interop test keeps a login in GNOME's keyring by `secret-tool`, unmodified, on a session bus of its own.
import { ensureProgram, isExecutable } from './debian.mjs';

const programs = ['/usr/bin/secret-tool', '/usr/bin/gnome-keyring-daemon', '/usr/bin/dbus-run-session'];

/** Path of `dbus-run-session`, where the others are beside it; throws what to install. */
export function ensureKeyring() {
  return ensureProgram({
    what: 'secret-tool, gnome-keyring and dbus-run-session',
    packages: ['libsecret-tools', 'gnome-keyring', 'dbus-daemon'],
    find: () =>
      process.env['TEST_DBUS_RUN_SESSION_BIN'] ?? (programs.every(isExecutable) ? programs[2] : undefined),
    otherwise: 'name another dbus-run-session in TEST_DBUS_RUN_SESSION_BIN, with the others in the PATH',
  });
}
