/** A second, small database: a lending workshop. */
export const WORKSHOP: readonly string[] = [
  `CREATE TABLE dbo.Members (
  MemberID int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Members PRIMARY KEY,
  FullName nvarchar(60) NOT NULL,
  JoinedOn date NOT NULL,
  Active bit NOT NULL CONSTRAINT DF_Members_Active DEFAULT 1)`,
  `CREATE TABLE dbo.Tools (
  ToolID int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Tools PRIMARY KEY,
  ToolName nvarchar(60) NOT NULL CONSTRAINT UQ_Tools_Name UNIQUE,
  DailyFee decimal(6,2) NOT NULL CONSTRAINT CK_Tools_Fee CHECK (DailyFee >= 0))`,
  `CREATE TABLE dbo.Loans (
  LoanID int IDENTITY(1,1) NOT NULL CONSTRAINT PK_Loans PRIMARY KEY,
  MemberID int NOT NULL CONSTRAINT FK_Loans_Members REFERENCES dbo.Members(MemberID),
  ToolID int NOT NULL CONSTRAINT FK_Loans_Tools REFERENCES dbo.Tools(ToolID),
  LentOn date NOT NULL,
  ReturnedOn date NULL)`,
  `INSERT INTO dbo.Members (FullName, JoinedOn, Active) VALUES
  (N'Ada Lindqvist', '2021-03-04', 1), (N'Björn Åkesson', '2021-11-20', 1), (N'Chiara Russo', '2022-06-01', 0),
  (N'Dmitri Volkov', '2023-01-15', 1), (N'Élodie Martin', '2024-02-29', 1)`,
  `INSERT INTO dbo.Tools (ToolName, DailyFee) VALUES
  (N'Drill', 4.50), (N'Circular saw', 7.00), (N'Ladder', 2.25), (N'Sander', 3.75), (N'Pressure washer', 12.00)`,
  `INSERT INTO dbo.Loans (MemberID, ToolID, LentOn, ReturnedOn) VALUES
  (1, 1, '2024-01-10', '2024-01-12'), (1, 3, '2024-02-01', '2024-02-03'), (2, 2, '2024-02-14', '2024-02-15'),
  (3, 5, '2024-03-01', '2024-03-02'), (4, 1, '2024-03-20', NULL), (5, 4, '2024-04-02', '2024-04-09'),
  (2, 1, '2024-04-11', NULL), (5, 5, '2024-05-05', '2024-05-06')`,
  `CREATE VIEW dbo.OpenLoans AS
SELECT l.LoanID, m.FullName, t.ToolName, l.LentOn
FROM dbo.Loans AS l JOIN dbo.Members AS m ON m.MemberID = l.MemberID JOIN dbo.Tools AS t ON t.ToolID = l.ToolID
WHERE l.ReturnedOn IS NULL`,
];
