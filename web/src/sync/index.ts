// What screens may use of the sync room; described in types.ts.
export type * from './types';
export type { WaitingHere } from './waiting-note';
export { usePages } from './use-pages';
export { useSession, useSyncStatus, usePage, useRecord, useNotHere, useSingleton, useQueueList, useWaitingHere } from './use-sync';
export {
  discardEntry, edit, exportQueue, redo, refresh, retryNow, sendAgain, setCurrentStore, setUp, signIn, signOut, start, undo,
} from './actions';
export { api } from './api';
export { upload } from './upload';
export { currentStore, loadSession as reloadSession } from './session';
export { newRecordId } from './ids';
export { READ_ALL_MAX, readAll, readPage } from './read-page';
