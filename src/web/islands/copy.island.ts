/** Buttons that copy what they carry; they and what is around them go where the browser can't. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  const { clipboard } = navigator;
  // Undefined where the page is not a secure context: on plain http, in development.
  if (!(clipboard as Clipboard | undefined)) {
    if (button.parentElement) button.parentElement.hidden = true;
    continue;
  }
  const words = button.textContent;
  button.addEventListener('click', () => {
    clipboard.writeText(button.dataset['copy'] ?? '').then(
      () => say(button, button.dataset['copied'], words),
      () => say(button, button.dataset['copyForbidden'], words),
    );
  });
}

function say(button: HTMLButtonElement, said: string | undefined, afterwards: string | null): void {
  button.textContent = said ?? '';
  setTimeout(() => (button.textContent = afterwards), 2000);
}
