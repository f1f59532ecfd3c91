/** A fault that the operator can mend. It is shown in one line, without a stack. */
export class OperatorError extends Error {
  override name = 'OperatorError'
}
