/** Where the standalone gateway tells what happened; `Logger` of the server is one. */
export interface GatewayLog {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}
