/** A multipart form with one file and a few short text fields. */
export interface Form {
  fields: ReadonlyMap<string, string>
  /** The first file under a wanted name; undefined for an empty form control. */
  file: Uint8Array<ArrayBuffer> | undefined
  /** The name of the file's part. */
  part: string | undefined
  /** True when the file is larger than the limit. Then none of it is kept. */
  isFileTooLarge: boolean
}

export interface FormLimits {
  /** The names that the file's part may have. Of several files, the one whose name comes first here is kept. */
  files: readonly string[]
  /** The names of the text fields that are read. Any other is dropped. */
  fields: readonly string[]
  /** The largest file, in bytes. */
  largestFile: number
  /** True while other requests wait for this one's place. From then on the body must arrive at a higher rate. */
  isWanted?: () => boolean
}
