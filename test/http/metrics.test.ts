import { strict as assert } from 'node:assert';
import { startHoldfast, type Holdfast } from '../support/harness.js';

describe('the metrics', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  it('tell requests by route and status, refusals by code, and how busy the database connections are', async () => {
    await fetch(`${holdfast.issuer}/.well-known/openid-configuration`);
    await fetch(`${holdfast.issuer}/nowhere`);
    const text = await (await fetch(`${holdfast.managementUrl}/metrics`)).text();
    assert.match(text, /holdfast_request_duration_seconds_count\{[^}]*status="200"[^}]*\} [1-9]/);
    assert.match(text, /^# TYPE holdfast_request_duration_seconds histogram$/m);
    assert.match(text, /holdfast_request_duration_seconds_bucket\{[^}]*status="404"[^}]*le="10"\} [1-9]/);
    assert.match(text, /holdfast_request_duration_seconds_bucket\{[^}]*status="404"[^}]*le="\+Inf"\} [1-9]/);
    assert.match(text, /holdfast_refusals(_total)?\{[^}]*code="not_found"[^}]*\} [1-9]/);
    assert.match(text, /holdfast_database_connections\{[^}]*state="open"[^}]*\} 1/);
    assert.match(text, /holdfast_database_connections\{[^}]*state="waiting"[^}]*\} 0/);
  });
});
