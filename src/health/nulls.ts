/** `null` in an object of Kubernetes means the same as a field that is not there. */

/** The object without fields that are null, at any depth; the same object where there are none. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null).map((item: unknown) => withoutNulls(item))
    return (items.length === value.length && items.every((item, at) => item === value[at]) ? value : items) as T
  }
  if (typeof value !== 'object' || value === null) return value
  const before = Object.entries(value)
  const after = before.filter(([, field]) => field !== null).map(([key, field]) => [key, withoutNulls(field)] as const)
  const same = after.length === before.length && after.every(([, field], at) => field === before[at]![1])
  return same ? value : (Object.fromEntries(after) as T)
}
