/** Only an address of this site: "//other" would be another one. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') && !next.startsWith('/setup') ? next : '/';
}
