/** Whether something read from a file is an object, a list being none, whose values are all of a kind. */
export function isMap(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isItem);
}
