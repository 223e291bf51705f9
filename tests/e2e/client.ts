// A program beside the browsers: another colleague who edits over HTTP.

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export class Client {
  readonly #url: string;
  #cookie = '';
  #csrf = '';

  constructor(url: string) {
    this.#url = url;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Cookie: this.#cookie, 'X-CSRF-Token': this.#csrf, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.getSetCookie().find((one) => one.startsWith('syncstore_session='));
    if (cookie) this.#cookie = cookie.split(';')[0] ?? '';
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) as Record<string, unknown> : {} };
  }

  async must(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Record<string, unknown>> {
    const answer = await this.call(method, path, body, headers);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  #accept(body: Record<string, unknown>): void {
    this.#csrf = (body['data'] as { csrf: string }).csrf;
  }

  async signIn(user: string, password: string): Promise<void> {
    this.#accept(await this.must('POST', '/api/session', { user, password }));
  }

  async setUp(setupUrl: string, user: string, password: string): Promise<void> {
    const token = new URL(setupUrl).searchParams.get('token');
    this.#accept(await this.must('POST', '/api/setup', { token, user, password }));
  }
}
