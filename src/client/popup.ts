import type { AuthorizationWish } from './authorization.js';
import { browser } from './browser-globals.js';
import { AuthorizationRefused } from './client-error.js';
import type { Login } from './login.js';

/** How long a person is waited for, in milliseconds; whether she closed the window can't be seen from here. */
const patience = 600_000;

const channelOf = (state: string): string => `holdfast ${state}`;

/** Asks the person in a window of its own, so that this page and the call that waits stay where they are. */
export async function askInPopup(login: Login, wish: AuthorizationWish): Promise<void> {
  const { address, departure } = await login.depart(wish);
  const name = channelOf(departure.state);
  // Beyond this origin nobody hears it; what it carries is worth nothing without verifier and key.
  const channel = new BroadcastChannel(name);
  let tired: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = new Promise<string>((resolve, reject) => {
      channel.onmessage = (message: unknown) => {
        channel.postMessage('taken');
        resolve(String((message as { data: unknown }).data));
      };
      tired = setTimeout(() => reject(new AuthorizationRefused('nobody_answered')), patience);
    });
    if (browser().open(address, name, 'popup,width=480,height=720') === null) {
      throw new AuthorizationRefused('popup_blocked');
    }
    await login.arrive(departure, await answer);
  } finally {
    clearTimeout(tired);
    channel.close();
  }
}

/** In that window, back from the provider: tells the page that waits for this state, if there is one, and closes then. */
export function tellWhoeverAsked(answer: URL): void {
  const channel = new BroadcastChannel(channelOf(answer.searchParams.get('state') ?? ''));
  channel.onmessage = () => {
    channel.close();
    browser().close();
  };
  channel.postMessage(answer.href);
}
