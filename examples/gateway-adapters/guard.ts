import { createGuard, readGuardOptions } from '@holdfast/gateway';

export const guard = createGuard(readGuardOptions(process.env));
