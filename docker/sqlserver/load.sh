#!/bin/bash
# Creates the sample database McpSample and the login mcp_reader, which can only read it. The service sqlserver-sample of
# compose.yaml runs it; a second run changes nothing.
set -euo pipefail
SQLCMDPASSWORD=$(cat /run/secrets/sa_password)
export SQLCMDPASSWORD
sqlcmd=(/opt/mssql-tools18/bin/sqlcmd -S sqlserver -C -U sa -b)
"${sqlcmd[@]}" -i /sample/sample.sql
"${sqlcmd[@]}" -d McpSample -v Database=McpSample Login=mcp_reader Password="$(cat /run/secrets/mssql_password)" -i /sql/create-readonly-login.sql
