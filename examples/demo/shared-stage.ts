import { buildHttpsStage, type HttpsStage } from './https-stage.js';

/** One stage on https for all who are told the story at the same time: there from the first who needs it to the last who goes. */
export class SharedStage {
  #stage: Promise<HttpsStage> | undefined;
  #guests = 0;

  /** A visitor's place: builds the stage when it is needed first, and leaves it. */
  admit(): { readonly stage: () => Promise<HttpsStage>; readonly leave: () => Promise<void> } {
    let mine: Promise<HttpsStage> | undefined;
    return {
      stage: () => {
        if (mine) return mine;
        this.#guests += 1;
        this.#stage ??= buildHttpsStage();
        mine = this.#stage;
        return mine;
      },
      leave: async () => {
        if (!mine) return;
        this.#guests -= 1;
        if (this.#guests > 0) return;
        this.#stage = undefined;
        const stage = await mine.catch(() => undefined);
        await stage?.close();
      },
    };
  }
}
