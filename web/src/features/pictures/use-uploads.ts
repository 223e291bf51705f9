import { useCallback, useEffect, useRef, useState } from 'react';
import { api, upload, useSyncStatus } from '../../sync';
import { PICTURE_BYTES } from './picture-files';

/** One picture on its way; `waiting`: for the connection. A file is kept by this page alone. */
export interface Upload {
  number: number;
  name: string;
  state: 'sending' | 'reading' | 'waiting' | 'failed';
  /** 0 to 1, of the sending. */
  sent: number;
  problem: string;
  /** Sending again may help. */
  again: boolean;
}

type Source = { file: File } | { url: string };
interface Job {
  number: number;
  source: Source;
  replaces: string | null;
}

const nameOf = (source: Source): string => ('file' in source ? source.file.name || 'Pasted picture' : source.url);

/** Uploads of one product, one after the other, so that they stand in the order they were chosen in. */
export function useUploads(store: string, product: string) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const jobs = useRef<Job[]>([]);
  const busy = useRef(false);
  const counter = useRef(0);
  const { connection } = useSyncStatus();

  const change = useCallback((number: number, now: Partial<Upload>) => {
    setUploads((all) => all.map((each) => (each.number === number ? { ...each, ...now } : each)));
  }, []);
  const drop = useCallback((number: number) => {
    jobs.current = jobs.current.filter((job) => job.number !== number);
    setUploads((all) => all.filter((each) => each.number !== number));
  }, []);

  const run = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    for (let job = jobs.current.shift(); job; job = jobs.current.shift()) {
      const { number, source, replaces } = job;
      change(number, { state: 'sending', sent: 0, problem: '' });
      const query = `storeId=${encodeURIComponent(store)}`;
      const answer = 'url' in source
        ? await api('POST', `/api/images/fetch?${query}`, { product, url: source.url })
        : await upload(replaces ? 'PUT' : 'POST', replaces ? `/api/images/${replaces}/content?${query}` : `/api/images?${query}&product=${product}`,
          source.file, (sent) => change(number, { sent, state: sent < 1 ? 'sending' : 'reading' }));
      if (answer.ok) {
        drop(number);
      } else if (answer.error.code === 'offline') {
        jobs.current.unshift(job);
        const held = new Set(jobs.current.map((each) => each.number));
        setUploads((all) => all.map((each) => (held.has(each.number) ? { ...each, state: 'waiting', sent: 0 } : each)));
        break;
      } else {
        const again = answer.error.retryAfterS !== null || answer.error.status >= 500;
        failed.current.set(number, job);
        change(number, { state: 'failed', problem: answer.error.detail, again });
      }
    }
    busy.current = false;
  }, [change, drop, product, store]);
  const failed = useRef(new Map<number, Job>());

  // What waits for the connection goes on with it.
  useEffect(() => {
    if (connection === 'live' || connection === 'polling') void run();
  }, [connection, run]);

  const add = (sources: Source[], replaces: string | null = null) => {
    const added = sources.map((source): Upload => {
      const number = ++counter.current;
      const tooLarge = 'file' in source && source.file.size > PICTURE_BYTES;
      if (!tooLarge) jobs.current.push({ number, source, replaces });
      return {
        number, name: nameOf(source), state: tooLarge ? 'failed' : 'sending', sent: 0, again: false,
        problem: tooLarge ? 'The file is larger than 25 MB. Save a smaller one and send that.' : '',
      };
    });
    setUploads((all) => [...all, ...added]);
    void run();
  };
  const again = (number: number) => {
    const job = failed.current.get(number) ?? jobs.current.find((each) => each.number === number);
    if (job && !jobs.current.includes(job)) jobs.current.push(job);
    failed.current.delete(number);
    change(number, { state: 'sending', problem: '' });
    void run();
  };
  return { uploads, add, again, dismiss: drop };
}
