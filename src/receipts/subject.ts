/** What an upload is called in the audit log and among the approvals. */
export const subjectOf = ({ upload_id }: { upload_id: string }) => `upload:${upload_id}`
