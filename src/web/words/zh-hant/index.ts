import { account } from './account.js';
import { approval } from './approval.js';
import { approve } from './approve.js';
import { common } from './common.js';
import { consent } from './consent.js';
import { demo } from './demo.js';
import { errorPage, errors } from './errors.js';
import { home } from './home.js';
import { leaving } from './leaving.js';
import { login } from './login.js';
import { mail } from './mail.js';
import { mailCode } from './mail-code.js';
import { passkeys } from './passkeys.js';
import { recovery } from './recovery.js';
import { refusals } from './refusals.js';
import { signUp } from './sign-up.js';
import { upstream } from './upstream.js';
import type { Words } from '../words.js';

export const zhHant: Words = {
  account,
  approval,
  approve,
  common,
  consent,
  demo,
  errorPage,
  errors,
  home,
  leaving,
  login,
  mail,
  mailCode,
  passkeys,
  recovery,
  refusals,
  signUp,
  upstream,
};
