/** Returns the procedures and table functions with the extended property mcp_tool: schema, name, tool, mcp_description. */
export const PUBLISHED = `SELECT SCHEMA_NAME(o.schema_id), o.name, CAST(t.value AS nvarchar(200)), CAST(d.value AS nvarchar(1000))
FROM sys.extended_properties AS t
JOIN sys.objects AS o ON o.object_id = t.major_id
LEFT JOIN sys.extended_properties AS d
  ON d.class = 1 AND d.major_id = t.major_id AND d.minor_id = 0 AND d.name = N'mcp_description'
WHERE t.class = 1 AND t.minor_id = 0 AND t.name = N'mcp_tool' AND o.type IN ('P', 'IF', 'TF')
ORDER BY 1, 2;`;
