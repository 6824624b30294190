import { access } from 'node:fs/promises';
import path from 'node:path';
import type { CallChallenge } from '../challenge.js';
import { Login } from '../login.js';
import type { LoginIdentity } from '../login-store.js';
import { askElsewhere } from './ask-elsewhere.js';
import { askInBrowser } from './ask-in-browser.js';
import { challengeInWords } from './challenge-words.js';
import {
  chooseKeystore,
  openKeystore,
  type Keystore,
  type Surroundings,
} from './keystore/choose-keystore.js';
import { configFolder, isProfileName, readProfile, writeProfile, type Profile } from './profile.js';
import { describeResource } from './resource-description.js';
import { sealedLoginStore } from './sealed-login-store.js';
import { WrongUsage, type Terminal } from './terminal.js';

/** As the commands take them. */
export interface SessionOptions {
  readonly profile?: string;
  readonly issuer?: string;
  readonly resource?: string;
  readonly clientId?: string;
  /** Of the resource, separated by spaces; with `issuer` the gateway is not asked at all. */
  readonly scope?: string;
  /** Ask on another device: an address, or `true` for the one of the login. */
  readonly elsewhere?: string | true;
}

export interface Session {
  readonly login: Login;
  readonly profile: Profile;
  /** Where the key is that seals the login. */
  readonly place: string;
  /** Signs the person in, or asks for what a call needs. */
  ask(challenge?: CallChallenge): Promise<void>;
}

const defaults = { resource: 'http://localhost:6181/', clientId: 'holdfast-cli', profile: 'default' };

/** The login that was made, as it was made. @throws WrongUsage when there is none */
export async function openSession(options: SessionOptions, terminal: Terminal): Promise<Session> {
  const { name, folder } = placeOf(options, terminal);
  const profile = await readProfile(folder, name);
  if (!profile) throw new WrongUsage('Nobody is signed in here. Run: holdfast login');
  const { resource = profile.resource, issuer = profile.issuer, clientId = profile.clientId } = options;
  const same =
    sameAddress(resource, profile.resource) && issuer === profile.issuer && clientId === profile.clientId;
  if (!same) throw new WrongUsage(`The login is for ${profile.resource}. Another one: --profile NAME`);
  return sessionOf(name, folder, profile, options, terminal);
}

/** A login to be made: what is not said is asked of the gateway (RFC 9728). */
export async function newSession(options: SessionOptions, terminal: Terminal): Promise<Session> {
  const { name, folder } = placeOf(options, terminal);
  const before = await readProfile(folder, name);
  const { clientId = defaults.clientId } = options;
  const wanted = options.resource ?? before?.resource ?? terminal.environment['HOLDFAST_RESOURCE'];
  const address = wanted ?? defaults.resource;
  const { resource, scopes, issuer } = await describeResource(address, options, terminal.fetch);
  const identity = { issuer, clientId, resource };
  const person = typeof options.elsewhere === 'string' ? options.elsewhere : before?.login;
  const profile: Profile = {
    ...identity,
    scope: ['openid', 'offline_access', ...scopes].join(' '),
    keystore: await keystoreFor(identity, before, { name, folder }, terminal),
    ...(person !== undefined && { login: person }),
  };
  await writeProfile(folder, name, profile);
  return sessionOf(name, folder, profile, options, terminal);
}

/** That of the same login before; another's login leaves the place. */
async function keystoreFor(
  { issuer, clientId, resource }: LoginIdentity,
  before: Profile | undefined,
  { name, folder }: { readonly name: string; readonly folder: string },
  terminal: Terminal,
): Promise<Keystore> {
  const around = surroundings(terminal);
  if (!before) return chooseKeystore(around);
  const { keystore } = before;
  const same = before.issuer === issuer && before.resource === resource && before.clientId === clientId;
  if (same) return keystore;
  await sealedLoginStore(
    path.join(folder, `${name}.login`),
    openKeystore(keystore, name, folder, around),
  ).remove();
  return chooseKeystore(around);
}

/** Whether a profile has been made; its login may have ended. */
export async function hasProfile(options: SessionOptions, terminal: Terminal): Promise<boolean> {
  const { name, folder } = placeOf(options, terminal);
  return access(path.join(folder, `${name}.json`)).then(
    () => true,
    () => false,
  );
}

function sessionOf(
  name: string,
  folder: string,
  profile: Profile,
  { elsewhere }: SessionOptions,
  terminal: Terminal,
): Session {
  const sealingKey = openKeystore(profile.keystore, name, folder, surroundings(terminal));
  const person = typeof elsewhere === 'string' ? elsewhere : profile.login;
  if (elsewhere === true && person === undefined) {
    throw new WrongUsage('Say whom to ask on another device: --elsewhere ADDRESS');
  }
  const away = elsewhere !== undefined || (!terminal.hasBrowser && person !== undefined);
  const askPerson = (challenge: CallChallenge | undefined, login: Login): Promise<void> =>
    away && person !== undefined
      ? askElsewhere(login, challenge, person, terminal)
      : askInBrowser(login, challenge, terminal);
  const login: Login = new Login({
    ...profile,
    store: sealedLoginStore(path.join(folder, `${name}.login`), sealingKey),
    fetch: terminal.fetch,
    clock: terminal.clock,
    random: terminal.random,
    onStepUp: (challenge, it) => {
      terminal.say(`The call needs ${challengeInWords(challenge)}.`);
      return askPerson(challenge, it);
    },
  });
  return { login, profile, place: sealingKey.place, ask: (challenge) => askPerson(challenge, login) };
}

function placeOf({ profile }: SessionOptions, { environment, platform, home }: Terminal) {
  const name = profile ?? environment['HOLDFAST_PROFILE'] ?? defaults.profile;
  if (!isProfileName(name)) throw new WrongUsage('A profile is named by letters, digits, - and _.');
  return { name, folder: configFolder(environment, platform, home) };
}

function surroundings({ platform, run, random, environment }: Terminal): Surroundings {
  return { platform, run, random, passphrase: environment['HOLDFAST_PASSPHRASE'] };
}

function sameAddress(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).href === new URL(other).href;
}
