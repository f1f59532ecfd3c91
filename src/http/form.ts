/** A multipart form of one file and a few short text fields. */
export interface Form {
  fields: ReadonlyMap<string, string>
  /** The first file under the wanted name; none for an empty form control. */
  file: Uint8Array | undefined
  /** The name of its part. */
  part: string | undefined
  /** True when the file went on beyond the limit; then nothing of it is kept. */
  isFileTooLarge: boolean
}

export interface FormLimits {
  /** The names that the file's part may have; of several files the one whose name comes first here is kept. */
  files: readonly string[]
  /** The largest file, in bytes. */
  largestFile: number
  /** True while others wait for this body's place: from then on it must come at a pace that is no trick. */
  isWanted?: () => boolean
}
