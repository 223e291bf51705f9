// Sending a file with its progress: the one call that fetch() cannot make.
import { answerOf, csrfToken, OFFLINE } from './api';
import type { ApiResult } from './types';

/** `onProgress`: from 0 to 1; at 1 the server works on it. */
export function upload<T>(method: 'POST' | 'PUT', path: string, file: Blob, onProgress: (sent: number) => void): Promise<ApiResult<T>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    const csrf = csrfToken();
    if (csrf) request.setRequestHeader('X-CSRF-Token', csrf);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener('load', () => {
      resolve(answerOf<T>({ ok: request.status >= 200 && request.status < 300, status: request.status, retryAfter: request.getResponseHeader('Retry-After') }, request.responseText, path));
    });
    for (const end of ['error', 'abort', 'timeout'] as const) request.addEventListener(end, () => resolve({ ok: false, error: OFFLINE }));
    request.send(file);
  });
}
