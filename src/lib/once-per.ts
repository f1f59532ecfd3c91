/** Makes a function that computes a value once for each object, and keeps it as long as the object lives. */
export function oncePer<Key extends object, Value extends object>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    const found = known.get(key)
    if (found) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
}
