// The attributes of http://schemas.microsoft.com/sqlserver/2004/07/showplan, by what they may hold. One that is in no list
// is dropped, because a later version may put a value of a row or of a parameter into it.

/** Stands for a name that the person may not see. */
export const HIDDEN = '[hidden]';

const set = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/));

/** Numbers, flags and words of the schema itself. */
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

/** The size of a table. */
export const TABLE_FACTS = set('TableCardinality EstimatedRowsRead ActualRowsRead');

/** Names that stand beside the table that they belong to. */
export const TABLE_NAMES = set('Server Database Schema Table Index Alias Column Statistics');

/** Names of objects that a person may be kept from. Those of built-in functions stand on the element `Intrinsic`. */
export const MODULE_NAMES = set('FunctionName ProcName');

/** Other names, which people who see every object see: of plan guides, of CLR code, of other servers. */
export const OTHER_NAMES = set(
  `Assembly Class CursorName Method Name PlanGuideDB PlanGuideName RemoteDestination RemoteObject RemoteSource
  ShuffleColumn TemplatePlanGuideDB TemplatePlanGuideName Value`,
);

/** T-SQL, which holds literals. */
export const TEXTS = set('Expression ParameterizedText RemoteQuery ScalarString StatementText');

/** Required by the schema, so that something must stand in their place. */
export const REQUIRED = set(
  'Column ConstValue Expression FunctionName Class Name Database Schema Table Statistics Value',
);

/** The attributes of one element only. */
export const ONLY_ON: Readonly<Record<string, string>> = { Name: 'Column', Value: 'TraceFlag' };

/** Elements that may hold anything. */
export const OPAQUE = set('InternalInfo OptimizationReplay ExternalDistributedComputation');

/** Elements with the plan of a module: its text is that of its author. */
export const MODULES = set('UDF StoredProc');
