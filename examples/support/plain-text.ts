/** `text` of a gateway or a model as a terminal may show it: without control codes, which could rewrite what it showed. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}
