/** A result on standard output: as text for people, or as JSON where a program is to read it. */
export function print({ json }: { readonly json: boolean }, value: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
