/** A name as an address: "Blume & Söhne" -> "blume-sohne", "Ada's Garden" -> "adas-garden". */
export function slugOf(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/['\u2019]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
}
