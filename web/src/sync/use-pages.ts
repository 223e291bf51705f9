import { useMemo, useSyncExternalStore } from 'react';
import { syncClient } from './client';
import type { PageFeed } from './feeds';
import type { LivePage, PageSpec } from './types';

/** Several pages as one answer, each always exact: what comes takes its place at once. For figures and charts, which nobody reads line by line;
    a table uses `usePage`, whose rows keep their places. */
export function usePages(store: string, specs: readonly PageSpec[]): readonly LivePage[] {
  const wanted = JSON.stringify(specs);
  const group = useMemo(() => pageGroup(store, JSON.parse(wanted) as PageSpec[]), [store, wanted]);
  return useSyncExternalStore(group.subscribe, group.get);
}

function pageGroup(store: string, specs: readonly PageSpec[]) {
  // Asked for anew each time: a feed that was closed in between is not the one that is told.
  const feeds = (): PageFeed[] => specs.map((spec) => syncClient().page(store, spec));
  let last: readonly LivePage[] = [];
  return {
    get: (): readonly LivePage[] => {
      const now = feeds().map((feed) => feed.get());
      if (now.length !== last.length || now.some((page, at) => page !== last[at])) last = now;
      return last;
    },
    subscribe: (listener: () => void): (() => void) => {
      const leave = feeds().map((feed) => feed.subscribe(() => {
        const page = feed.get();
        if (page.entered + page.moved > 0) page.release();
        listener();
      }));
      return () => leave.forEach((one) => one());
    },
  };
}
