// examples/python-httpx and the hook of examples/litellm run in a Python with httpx (and a stand-in for LiteLLM, which Debian doesn't have).
import { spawnSync } from 'node:child_process';
import { ensureProgram } from './debian.mjs';

/** Path of a Python 3.10+ with httpx and cryptography, from `TEST_PYTHON_BIN` or the usual place; throws what to install. */
export function ensurePython() {
  return ensureProgram({
    what: 'Python 3.10 with httpx and cryptography',
    packages: ['python3-httpx', 'python3-cryptography'],
    find() {
      const given = process.env['TEST_PYTHON_BIN'];
      if (given) return given;
      const file = '/usr/bin/python3';
      const check = 'import sys, httpx, cryptography; sys.exit(sys.version_info < (3, 10))';
      return spawnSync(file, ['-c', check], { stdio: 'ignore' }).status === 0 ? file : undefined;
    },
    otherwise: 'name another in TEST_PYTHON_BIN',
  });
}
