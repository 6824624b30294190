import { render } from 'preact';
import { Notebook } from './notebook.js';
import { NotebookView } from './page.js';

const notebook = new Notebook(draw);

function draw(): void {
  render(<NotebookView notebook={notebook} />, document.body);
}

draw();
await notebook.open();
