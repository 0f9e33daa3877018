// A run can wait for the first fetch of its repository.
export const statements = ['alter table runs add column waits text']
