import type { MessageGroup } from './server-message.js';

const MEMORY_OPTIMISED =
  'Write WITH (SNAPSHOT) after each memory-optimised table: FROM dbo.Prices WITH (SNAPSHOT). The statement runs in a transaction, where such a table needs this hint.';

/** Messages about the session, its transaction, its permissions, and the state of the server. */
export const SERVER_MESSAGES: readonly MessageGroup[] = [
  {
    subject: 'permission',
    disclosure: 'catalog',
    messages: {
      229: {
        text: "The % permission was denied on the object '%', database '%', schema '%'.",
        hint: 'The database login lacks this permission. An administrator has to grant it.',
      },
      230: "The % permission was denied on the column '%' of the object '%'.",
      262: "% permission denied in database '%'.",
      300: "% permission was denied on object '%', database '%'.",
      916: 'The server principal "%" is not able to access the database "%".',
      15151: "Cannot % the % '%', because it does not exist or no permission.",
      15247: 'User does not have permission to perform this action.',
      15562: 'The module being executed is not trusted.',
    },
  },
  {
    subject: 'permission',
    disclosure: 'unchecked',
    messages: {
      297: 'The user does not have permission to perform this action.',
      371: '(unpublished)',
      378: '(unpublished)',
      10011: 'Access denied (OLE DB provider).',
    },
  },
  {
    subject: 'transaction',
    disclosure: 'state',
    messages: {
      266: 'Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT.',
      574: '% statement cannot be used inside a user transaction.',
      650: 'READPAST needs READ COMMITTED or REPEATABLE READ isolation.',
      3609: 'The transaction ended in the trigger.',
      3902: 'COMMIT TRANSACTION has no corresponding BEGIN TRANSACTION.',
      3903: 'ROLLBACK TRANSACTION has no corresponding BEGIN TRANSACTION.',
      3906: 'Failed to update database "%" because the database is read-only.',
      3910: 'Transaction context in use by another session.',
      3916: 'Cannot use COMMIT within an INSERT-EXEC statement.',
      3924: 'Session binding token is invalid.',
      3930: 'The current transaction cannot be committed or support writes.',
      3931: 'The current transaction cannot be rolled back to a savepoint.',
      3932: 'The save point name "%" is too long.',
      3933: 'Cannot promote the transaction: there is an active save point.',
      3971: 'The server failed to resume the transaction.',
      3989: 'New request without a valid transaction descriptor.',
      3998: 'Uncommittable transaction is detected at the end of the batch.',
      8179: 'Could not find prepared statement with handle %.',
      8187: 'The prepared handle % is currently being used by another command.',
      8189: "You do not have permission to run '%'.",
      15664: "Cannot set key '%' in the session context: it is read_only for this session.",
    },
  },
  {
    subject: 'conflict',
    disclosure: 'state',
    messages: {
      539: 'Schema changed after the target table was created.',
      601: 'Could not continue scan with NOLOCK due to data movement.',
      3961: 'Snapshot isolation transaction failed: the object was changed by DDL.',
      8650: 'Intra-query parallelism deadlock.',
    },
  },
  {
    subject: 'conflict',
    disclosure: 'state',
    transient: true,
    messages: {
      1205: {
        text: 'Transaction (Process ID %) was deadlocked on % resources and chosen as the deadlock victim.',
        hint: 'The statement was the victim of a deadlock. Send it again.',
      },
      3960: 'Snapshot isolation transaction aborted due to update conflict.',
    },
  },
  {
    subject: 'conflict',
    disclosure: 'state',
    transient: true,
    messages: {
      41301: 'A previous transaction that the current transaction took a dependency on has aborted.',
      41302: 'The current transaction attempted to update a record that has been updated since it started.',
      41305: 'The current transaction failed to commit due to a repeatable read validation failure.',
      41325: 'The current transaction failed to commit due to a serializable validation failure.',
    },
  },
  {
    subject: 'transaction',
    disclosure: 'catalog',
    messages: {
      3952: {
        text: "Snapshot isolation transaction failed accessing database '%': it is not allowed in this database.",
        hint: 'Put SET TRANSACTION ISOLATION LEVEL READ COMMITTED; in front of the statement. If READ_ISOLATION is snapshot, an administrator has to choose another level, or to allow snapshots in the database (ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON).',
      },
      41332: {
        text: 'Memory optimized tables cannot be accessed when the session isolation level is SNAPSHOT.',
        hint: 'Put SET TRANSACTION ISOLATION LEVEL READ COMMITTED; in front of the statement, and WITH (SNAPSHOT) after each memory-optimised table: FROM dbo.Prices WITH (SNAPSHOT).',
      },
      41333: {
        text: 'Transactions in repeatable read or serializable isolation must access memory optimized tables under snapshot isolation.',
        hint: MEMORY_OPTIMISED,
      },
      41368: {
        text: 'Accessing memory optimized tables using READ COMMITTED is supported only for autocommit transactions.',
        hint: MEMORY_OPTIMISED,
      },
    },
  },
  {
    subject: 'timeout',
    disclosure: 'state',
    messages: {
      1222: {
        text: 'Lock request time out period exceeded.',
        hint: 'Another program holds locks on the rows or the table that the statement needs. Send it again in a few seconds, or read fewer rows by an index. An administrator can change how long a statement waits (LOCK_TIMEOUT, lock_timeout).',
      },
    },
  },
  {
    subject: 'cancelled',
    disclosure: 'state',
    messages: {
      596: 'Cannot continue the execution because the session is in the kill state.',
      40549: 'Session is terminated: long-running transaction.',
      40550: 'The session has been terminated: too many locks.',
      40551: 'The session has been terminated: excessive TEMPDB usage.',
      40552: 'The session has been terminated: excessive transaction log space usage.',
      40553: 'The session has been terminated: excessive memory usage.',
    },
  },
  {
    subject: 'limit',
    disclosure: 'state',
    messages: {
      191: 'Some part of the SQL statement is nested too deeply.',
      217: 'Maximum nesting level of procedures, functions, triggers or views exceeded.',
      310: 'The value % of MAXRECURSION exceeds the allowed maximum.',
      530: 'The maximum recursion % has been exhausted.',
      8621: 'The query processor ran out of stack space during query optimization.',
      8623: 'The query processor ran out of internal resources.',
      8631: 'Server stack limit has been reached.',
      8632: 'An expression services limit has been reached.',
    },
  },
  {
    subject: 'cost',
    disclosure: 'state',
    messages: {
      8649: {
        text: 'The query has been canceled because its estimated cost (%) exceeds the configured threshold of %.',
        hint: 'Nothing was read. Filter on an indexed column, choose a shorter period, leave out joins and columns, or aggregate in several smaller statements.',
      },
    },
  },
  {
    subject: 'resource',
    disclosure: 'state',
    messages: {
      540: 'There is insufficient system memory to run RAISERROR.',
      701: "There is insufficient system memory in resource pool '%'.",
      802: 'There is insufficient memory available in the buffer pool.',
      1101: "Could not allocate a new page for database '%'.",
      1105: "Could not allocate space for object '%' in database '%'.",
      1204: 'Cannot obtain a LOCK resource at this time.',
      8645: "A timeout occurred while waiting for memory in resource pool '%'.",
      8651: "The requested memory grant was not available in resource pool '%'.",
      9002: "The transaction log for database '%' is full.",
    },
  },
  {
    subject: 'internal',
    disclosure: 'state',
    messages: {
      605: 'Attempt to fetch logical page % in database % failed.',
      610: 'Invalid header value from a page.',
      824: 'Logical consistency-based I/O error.',
      941: "Database '%' cannot be opened because it is not started.",
      942: "Database '%' cannot be opened because it is offline.",
      8309: 'BACKUP LOG WITH TRUNCATE_ONLY is deprecated.',
      8310: "Cannot create named file mapping object '%'.",
      8601: 'The query processor could not obtain access to a required interface.',
      8624: 'The query processor could not produce a query plan.',
      8630: 'The query processor encountered an unexpected error during execution.',
      8993: 'Table error: a forwarding row points to a page without the forwarded row.',
      8998: 'Page errors prevent allocation integrity checks.',
    },
  },
  {
    subject: 'unavailable',
    disclosure: 'catalog',
    messages: {
      4060: 'Cannot open database "%" requested by the login.',
      40544: "The database '%' has reached its size quota.",
    },
  },
  {
    subject: 'unavailable',
    disclosure: 'state',
    transient: true,
    messages: {
      952: "Database '%' is in transition.",
      954: 'The database "%" cannot be opened: it is a mirror database.',
      976: "The database '%' of an availability group is not accessible for queries.",
      978: "The database '%' of an availability group needs application intent read only.",
      10928: 'The % limit for the database is % and has been reached.',
      10929: 'The server is too busy for requests beyond the minimum guarantee.',
      17142: 'SQL Server service has been paused.',
      20018: 'General SQL Server error (DB-Library).',
      40197: 'The service has encountered an error processing your request.',
      40501: 'The service is currently busy.',
      40613: {
        text: "Database '%' on server '%' is not currently available.",
        hint: 'This is not a fault of the statement. A serverless database of Azure that was paused may take a minute to resume: try again in a minute.',
      },
      49918: 'Cannot process request. Not enough resources.',
      49919: 'Too many create or update operations in progress.',
      49920: 'Too many operations in progress.',
    },
  },
  {
    subject: 'unavailable',
    disclosure: 'unchecked',
    messages: {
      233: 'The server closed the connection during the login.',
      924: "Database '%' is already open and can only have one user at a time.",
      927: "Database '%' cannot be opened. It is in the middle of a restore.",
      945: "Database '%' cannot be opened due to inaccessible files or insufficient resources.",
    },
  },
  {
    subject: 'unavailable',
    disclosure: 'unchecked',
    transient: true,
    messages: {
      921: "Database '%' has not been recovered yet.",
      922: "Database '%' is being recovered.",
      983: "Unable to access availability database '%': wrong replica role.",
      6005: 'SHUTDOWN is in progress.',
    },
  },
  {
    subject: 'unavailable',
    disclosure: 'login',
    messages: {
      18401: "Login failed for user '%'. Reason: server is in script upgrade mode.",
      18456: "Login failed for user '%'.",
    },
  },
  {
    subject: 'interrupted',
    disclosure: 'unchecked',
    transient: true,
    messages: {
      4221: 'Login to read-secondary failed: row versions are missing.',
      40143: 'The service has encountered an error processing your request.',
      40166: 'The service has encountered an error processing your request.',
      40540: 'The service has encountered an error processing your request.',
      42108: 'Cannot connect to the SQL pool since it is paused.',
      42109: 'The SQL pool is warming up.',
    },
  },
  {
    subject: 'unpublished',
    disclosure: 'legacy',
    messages: {
      1040: '(unpublished)',
      1905: '(unpublished)',
      4705: '(unpublished)',
      8277: '(unpublished)',
      8332: '(unpublished)',
      8333: '(unpublished)',
      8336: '(unpublished)',
      8478: '(unpublished)',
      8734: '(unpublished)',
      8735: '(unpublished)',
      9834: '(unpublished)',
      9835: '(unpublished)',
    },
  },
];
