import { DataFolderLocked, lockFolder } from '../../../src/storage/folder-lock.js';

// Takes the lock of the folder in its argument and holds it until it is killed.
try {
  await lockFolder(process.argv[2] ?? '');
  console.log('held');
} catch (error) {
  if (!(error instanceof DataFolderLocked)) throw error;
  console.log('locked');
}
setInterval(() => {}, 60_000);
