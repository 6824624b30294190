import { startAuthentication } from '@simplewebauthn/browser';
import { post } from '../../web/islands/ceremony.js';
import { ceremonyButton } from '../../web/islands/ceremony-button.js';

/** Asks for the passkey that approves what the page shows. The server decides everything, and says what came of it. */
function begin(root: HTMLElement): void {
  const ceremony = ceremonyButton(root, 'approval');
  if (!ceremony) return;
  const { button, said, run } = ceremony;
  const { base, csrf, seen } = root.dataset;
  const approve = async () => {
    // What was read is named, so that she can't be made to sign what changed since.
    const options = await post(`${base}/approval/options`, { csrf, seen }, said);
    const response = await startAuthentication({ optionsJSON: options as never });
    const { location: next } = await post(`${base}/approval/result`, { csrf, response }, said);
    location.assign(String(next));
  };
  button.addEventListener('click', () => void run(approve));
}

const place = document.querySelector<HTMLElement>('[data-approval]');
if (place) begin(place);
