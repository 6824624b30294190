/** Buttons that copy what they carry. What is around them stays hidden where the browser can't. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  const { clipboard } = navigator;
  // Undefined where the page is not a secure context.
  if (!(clipboard as Clipboard | undefined)) continue;
  if (button.parentElement) button.parentElement.hidden = false;
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
