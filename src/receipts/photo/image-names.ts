/** The photo's name in the store and in its links. */
export function imageName(imageKey: string): string {
  return `${imageKey}.jpg`
}

/** The name of the photo's preview. */
export function previewName(imageKey: string): string {
  return `${imageKey}-preview.jpg`
}

/** The keys of the two objects that belong to an upload. */
export function objectKeys(imageKey: string): { image: string; preview: string } {
  return { image: `receipts/${imageName(imageKey)}`, preview: `receipts/${previewName(imageKey)}` }
}
