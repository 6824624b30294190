import { createGuard, readGuardOptions } from '@holdfast/gateway';

// Clients are only told to come back; the log is told why.
const onNotice = (notice: object): void => console.error('holdfast', notice);

export const guard = createGuard({ ...readGuardOptions(process.env), onNotice });
