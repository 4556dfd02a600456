const list = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/));

/**
 * Built-in scalar functions that an expression may call. They read nothing but their arguments. A function of the
 * database (`dbo.f(x)`) may read any table, and so nobody could tell what the expression uses.
 */
export const SCALAR_FUNCTIONS = list(
  `abs acos ascii asin atan atn2 cast ceiling char charindex choose coalesce concat concat_ws convert cos cot
   current_timestamp datalength dateadd date_bucket datediff datediff_big datefromparts datename datepart
   datetime2fromparts datetimefromparts datetimeoffsetfromparts datetrunc day degrees difference eomonth exp floor format
   getdate getutcdate greatest iif isdate isjson isnull isnumeric json_value least left len log log10 lower ltrim month
   nchar nullif parse patindex pi power quotename radians replace replicate reverse right round rtrim sign sin
   smalldatetimefromparts soundex space sqrt square str string_escape stuff substring switchoffset sysdatetime
   sysdatetimeoffset sysutcdatetime tan timefromparts todatetimeoffset translate trim try_cast try_convert try_parse
   unicode upper year`,
);

/** Their first argument is a part of a date (`month`), not a column. */
export const DATE_PART_FUNCTIONS = list('dateadd date_bucket datediff datediff_big datename datepart datetrunc');

/** Their first argument is a type. */
export const TYPE_FIRST_FUNCTIONS = list('convert try_convert');

export const AGGREGATE_FUNCTIONS = list(
  `approx_count_distinct avg checksum_agg count count_big grouping grouping_id max min product stdev stdevp string_agg sum
   var varp`,
);

/** The words of an expression that are no names. */
export const OPERATOR_WORDS = list(
  'and or not null is in like escape between case when then else end as collate at time zone',
);
