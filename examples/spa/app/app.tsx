import { render } from 'preact';
import { Notebook } from './notebook.js';
import { NotebookView } from './page.js';

const notebook = new Notebook(draw);

function draw(): void {
  render(<NotebookView notebook={notebook} />, document.body);
  // The newest call and what to ask next are at the end.
  scrollTo(0, document.body.scrollHeight);
}

draw();
await notebook.open();
