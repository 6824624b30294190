import type { IncomingMessage } from 'node:http';
import type { Answer } from '../admission.js';
import { corsHeaders, preflightHeaders } from '../cors.js';

const namesShape = /^[a-z0-9-]{1,64}( ?, ?[a-z0-9-]{1,64}){0,63}$/i;

/** Clients of providers send fields of their own (`x-stainless-…`); a browser asks for leave, and nothing goes by cookies. */
export function preflightOf({ headers }: IncomingMessage): Answer {
  const asked = headers['access-control-request-headers'] ?? '';
  const named = namesShape.test(asked) ? { 'access-control-allow-headers': asked } : {};
  return { status: 204, headers: { ...corsHeaders, ...preflightHeaders, ...named }, body: '' };
}
