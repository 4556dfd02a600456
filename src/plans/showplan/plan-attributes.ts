// The attributes of http://schemas.microsoft.com/sqlserver/2004/07/showplan, grouped by what they may contain. An attribute
// in no list is dropped, because a later version may put a value of a row or of a parameter into it.

/** Stands for a name that the person may not see. */
export const HIDDEN = '[hidden]';

const set = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

/** Attributes that contain numbers, flags and words that the schema defines. */
export const FACTS = set(`
ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ARITHABORT ActualCPUms ActualElapsedms ActualEndOfScans ActualExecutionMode
ActualExecutions ActualJoinType ActualLobLogicalReads ActualLobPageServerReadAheads ActualLobPageServerReads
ActualLobPhysicalReads ActualLobReadAheads ActualLocallyAggregatedRows ActualLogicalReads ActualPageServerPushedPageIDs
ActualPageServerPushedReads ActualPageServerReadAheads ActualPageServerReads ActualPageServerRowsRead
ActualPageServerRowsReturned ActualPhysicalReads ActualReadAheads ActualRebinds ActualRewinds ActualRows
ActualScans AdaptiveThresholdRows AggType Ascending AvgRowSize BatchModeOnRowStoreUsed Batches BitmapCreator Branches
BrickId Build CONCAT_NULL_YIELDS_NULL CachedPlanSize CardinalityEstimationModelVersion CloneAccessScope CloseTime
ClusteredMode ColumnId CompareOp CompileCPU CompileMemory CompileTime ComputeSequence ComputedColumn
ContainsInlineScalarTsqlUdfs ContainsInterleavedExecutionCandidates ContainsLedgerTables ConvertIssue CpuTime
CursorActualType CursorConcurrency CursorRequestedType DMLRequestSort DOPFeedbackAdjusted DataType
DatabaseContextSettingsId DegreeOfParallelism DesiredMemory Detail Distinct DynamicSeek EffectiveDegreeOfParallelism
ElapsedTime End EstimateCPU EstimateIO EstimateRebinds EstimateRewinds EstimateRows EstimateRowsWithoutRowGoal
EstimatedAvailableDegreeOfParallelism EstimatedAvailableMemoryGrant EstimatedExecutionMode EstimatedJoinType
EstimatedPagesCached EstimatedTotalSubtreeCost ExclusiveProfileTimeActive Filtered FirstActiveTime
FirstRowTime ForceScan ForceSeek ForceSeekColumnCount ForcedIndex ForeignKeyReferencesCount ForwardOnly
FragmentElimination FullUpdateForOnlineIndexBuild GrantWaitTime GrantWarningKind GrantedMemory GrantedMemoryKb
GraphSequenceIdentifier GraphWorkTableIdentifier GraphWorkTableType GroupExecuted HighBoundary HighestLevel HpcDeviceToHostBytes
HpcHostToDeviceBytes HpcKernelElapsedUs HpcRowCount Impact Implicit InRow IndexKind Input InputMemoryGrant IsAdaptive
IsClrFunction IsCompileTime IsGraphDBTransitiveClosure IsInterleavedExecuted IsMemoryGrantFeedbackAdjusted
IsNativelyCompiled IsPercent LastActiveTime LastRequestedMemory LastRowTime LastUpdate Length Level LocalParallelism
LogicalOp Lookup LowBoundary ManyToMany MaxCompileMemory MaxQueryMemory MaxUsedMemory MemoryGrant ModificationCount
NUMERIC_ROUNDABORT NoExpandHint NoJoinPredicate NoMatchingIndexCount NodeId NonParallelPlanReason OnlineInbuildIndex
OnlineIndexBuildMappingIndex OpenTime Operation OperationType Optimized Ordered Output OutputMemoryGrant Parallel
ParameterDataType ParentObjectId PartialMatchingIndexCount PartitionCount Partitioned PartitioningType PhysicalOp Precision
PrimaryNodeId QUOTED_IDENTIFIER QueryCompilationReplay QueryHash QueryPlanHash QueryStoreStatementHintId
QueryStoreStatementHintSource QueryVariantID ReadsFromTempDb RemoteDataAccess Remoting RequestedMemory RequiredMemory
ReservedThreads RetrievedFromCache Root RowCount RowRequalifications Rows SamplingPercent Scale ScanDirection ScanType
SchedulerId Scope SecurityPolicyApplied SegmentReads SegmentSkips SerialDesiredMemory SerialRequiredMemory SetPredicateType
ShuffleType SpatialGuess SpillLevel SpilledThreadCount Stack Start StartupExpression StatementCompId StatementEstRows
StatementId StatementOptmEarlyAbortReason StatementOptmLevel StatementParameterizationType StatementSubTreeCost
StatementType StatsCollectionId Storage Style TableReferenceId TaskAddr Thread TopLocation Type UDXName
UdfCpuTime UdfElapsedTime UnmatchedIndexes Usage UsePlan UsedMemoryGrant UsedMemoryKb UsedThreads Version WaitCount WaitTime
WaitTimeMs WaitType WithOrderedPrefetch WithTies WithUnorderedPrefetch WritesToTempDb`);

/** Attributes that reveal the size of a table. */
export const TABLE_FACTS = set('TableCardinality EstimatedRowsRead ActualRowsRead');

/** Names on an element that also names their table. */
export const TABLE_NAMES = set('Server Database Schema Table Index Alias Column Statistics');

/** Names of procedures and functions, which access rules may hide. Built-in functions are on the element `Intrinsic`. */
export const MODULE_NAMES = set('FunctionName ProcName');

/** Names of plan guides, CLR code and other servers. Only people without limits on objects see them. */
export const OTHER_NAMES = set(
  `Assembly Class CursorName Method Name PlanGuideDB PlanGuideName RemoteDestination RemoteObject RemoteSource
  ShuffleColumn TemplatePlanGuideDB TemplatePlanGuideName Value`,
);

/** Attributes that contain T-SQL, and so may contain literals. */
export const TEXTS = set('Expression ParameterizedText RemoteQuery ScalarString StatementText');

/** Attributes that the schema requires; a hidden one is replaced instead of removed. */
export const REQUIRED = set(
  'Column ConstValue Expression FunctionName Class Name Database Schema Table Statistics Value',
);

/** Attributes that are passed on only on this element. */
export const ONLY_ON: Readonly<Record<string, string>> = { Name: 'Column', Value: 'TraceFlag' };

/** Elements without a defined content; they are dropped. */
export const OPAQUE = set('InternalInfo OptimizationReplay ExternalDistributedComputation');

/** Elements with the plan of a function or procedure, whose text is not the person's own statement. */
export const MODULES = set('UDF StoredProc');
