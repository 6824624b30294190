/* The least that Koa can do. */
import Koa from 'koa';

const app = new Koa();
app.use((ctx) => {
  ctx.body = { active: true, hello: 'world' };
});
app.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.({ ready: {} }));
process.on('disconnect', () => process.exit());
