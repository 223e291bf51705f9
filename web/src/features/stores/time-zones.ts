/** Every zone that this browser knows, UTC among them. */
export function timeZones(): string[] {
  const all = 'supportedValuesOf' in Intl ? Intl.supportedValuesOf('timeZone') : [];
  return all.includes('UTC') ? all : ['UTC', ...all];
}
