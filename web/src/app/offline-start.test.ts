import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as OfflineStart from './offline-start';

type State = 'installing' | 'installed' | 'activated' | 'redundant';

class Version extends EventTarget {
  state: State;
  readonly heard: string[] = [];

  constructor(state: State) {
    super();
    this.state = state;
  }

  postMessage(word: string): void {
    this.heard.push(word);
  }

  becomes(state: State): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class Registration extends EventTarget {
  active: Version | null = new Version('activated');
  waiting: Version | null = null;
  installing: Version | null = null;
  update = vi.fn(() => Promise.resolve());

  /** Another release comes from the server. */
  begins(): Version {
    this.installing = new Version('installing');
    this.dispatchEvent(new Event('updatefound'));
    return this.installing;
  }

  isHere(): Version {
    const fresh = this.installing ?? this.begins();
    this.installing = null;
    this.waiting = fresh;
    fresh.becomes('installed');
    return fresh;
  }

  takesOver(container: Container): void {
    this.active = this.waiting;
    this.waiting = null;
    container.controller = this.active;
    container.dispatchEvent(new Event('controllerchange'));
  }
}

class Container extends EventTarget {
  readonly registration = new Registration();
  controller: Version | null = this.registration.active;
  register = (): Promise<Registration> => Promise.resolve(this.registration);
}

let container: Container;
let reload: ReturnType<typeof vi.fn>;
let start: typeof OfflineStart;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.stubEnv('PROD', true);
  container = new Container();
  reload = vi.fn();
  vi.stubGlobal('navigator', { serviceWorker: container });
  vi.stubGlobal('window', { location: { reload } });
  start = await import('./offline-start');
  start.prepareOfflineStart();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

describe('a new version of the app', () => {
  it('is offered when it is here, and taken at once on a word', async () => {
    const { registration } = container;
    const fresh = registration.isHere();
    expect(start.newVersion()).toBe('waits');
    expect(reload).not.toHaveBeenCalled();
    void start.reloadIntoNewVersion();
    await seconds(0);
    expect(fresh.heard).toEqual(['take-over']);
    // One that sleeps is not woken.
    expect(registration.active?.heard).toEqual([]);
    expect(registration.update).not.toHaveBeenCalled();
    registration.takesOver(container);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('is asked again, and the former one told to end what it does, until it takes over', async () => {
    const { registration } = container;
    const fresh = registration.isHere();
    const former = registration.active;
    void start.reloadIntoNewVersion();
    await seconds(3);
    expect(fresh.heard).toEqual(['take-over', 'take-over', 'take-over', 'take-over']);
    expect(former?.heard).toEqual(['step-aside', 'step-aside', 'step-aside']);
    expect(start.newVersion()).toBe('waits');
    await seconds(1);
    expect(start.newVersion()).toBe('slow');
    expect(reload).not.toHaveBeenCalled();
    registration.takesOver(container);
    expect(reload).toHaveBeenCalledOnce();
    await seconds(60);
    expect(fresh.heard).toHaveLength(5);
  });

  it('is not loaded later without a word when it did not take over in time', async () => {
    const { registration } = container;
    const fresh = registration.isHere();
    void start.reloadIntoNewVersion();
    await seconds(120);
    expect(fresh.heard).toHaveLength(60);
    expect(start.newVersion()).toBe('waits');
    registration.takesOver(container);
    expect(reload).not.toHaveBeenCalled();
    expect(start.newVersion()).toBe('waits');
    void start.reloadIntoNewVersion();
    expect(reload).toHaveBeenCalledOnce();
  });

  it('is loaded although nothing was said of its taking over', async () => {
    const { registration } = container;
    registration.isHere();
    void start.reloadIntoNewVersion();
    await seconds(0);
    registration.active = registration.waiting;
    registration.waiting = null;
    await seconds(1);
    expect(reload).toHaveBeenCalledOnce();
  });

  it('is the newest one that came', async () => {
    const { registration } = container;
    const first = registration.isHere();
    first.becomes('redundant');
    const second = registration.isHere();
    void start.reloadIntoNewVersion();
    await seconds(0);
    expect(first.heard).toEqual([]);
    expect(second.heard).toEqual(['take-over']);
  });

  it('that is not here yet is said to be absent without a server, and the page stays', async () => {
    const { registration } = container;
    registration.update.mockImplementation(() => Promise.reject(new TypeError('offline')));
    void start.reloadIntoNewVersion();
    await seconds(0);
    expect(start.newVersion()).toBe('absent');
    expect(reload).not.toHaveBeenCalled();
    // With the server again it is looked for, and offered as usual.
    registration.update.mockImplementation(() => Promise.resolve());
    start.lookForNewVersion();
    expect(start.newVersion()).toBe('none');
    registration.isHere();
    expect(start.newVersion()).toBe('waits');
  });

  it('of a server that does not answer is said to be absent', async () => {
    container.registration.update.mockImplementation(() => new Promise(() => undefined));
    void start.reloadIntoNewVersion();
    await seconds(10);
    expect(start.newVersion()).toBe('absent');
    expect(reload).not.toHaveBeenCalled();
  });

  it('that came only in part is said to be absent', async () => {
    const { registration } = container;
    registration.begins();
    void start.reloadIntoNewVersion();
    await seconds(0);
    const fresh = registration.installing;
    registration.installing = null;
    fresh?.becomes('redundant');
    await seconds(0);
    expect(start.newVersion()).toBe('absent');
    expect(reload).not.toHaveBeenCalled();
  });

  it('that the server does not have is no reason to stay: the page is loaded again', async () => {
    void start.reloadIntoNewVersion();
    await seconds(0);
    expect(reload).toHaveBeenCalledOnce();
  });
});
