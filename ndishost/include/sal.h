/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Source annotations (SAL) for code that is also built with the WDK.
 *
 * Most names expand to nothing. With clang outside Windows the lock and IRQL annotations become
 * thread-safety attributes, so that -Wthread-safety reports broken lock or IRQL rules:
 *
 *   _IRQL_requires_max_(PASSIVE_LEVEL)   the call is an error while the analysis knows that the
 *   _IRQL_requires_max_(APC_LEVEL)       caller is at DISPATCH_LEVEL (a spin lock is held)
 *   _IRQL_requires_max_(DISPATCH_LEVEL)  no constraint
 *   _IRQL_requires_(DISPATCH_LEVEL)      the function's body counts as at DISPATCH_LEVEL, and a
 *                                        caller must be known to be there too
 *   _IRQL_requires_min_(...)             no constraint: this is what the headers' own functions
 *                                        carry, so that a DPC or a data path callback, whose IRQL
 *                                        the analysis can't know, may call them
 *
 * These are a prefix of the declaration, as in the WDK. Attributes are ignored on function types:
 * annotate the prototype or the definition. The lock annotations _Requires_lock_held_(Lock),
 * _Acquires_lock_(Lock), _Releases_lock_(Lock) name parameters and therefore stand after the
 * parameter list (the WDK accepts both places; clang only this one). Code that has them in front is
 * built with SIM_SAL_NO_LOCKS defined, which makes them empty. _Guarded_by_ is always empty: clang
 * can't refer to a sibling member in C.
 *
 * Not tracked: the cancel spin lock (a cancel routine is entered with it), ERESOURCE, NDIS_RW_LOCK
 * and the lock behind an in-stack queue handle (its IRQL is). A second KeAcquireSpinLock inside the
 * first is reported; the inner one is KeAcquireSpinLockAtDpcLevel. Code that has to break the rules
 * is marked SIM_NO_THREAD_SAFETY_ANALYSIS.
 */

#if defined(_WIN32) && !defined(__GNUC__) && !defined(__clang__)
#error "With the Microsoft compiler use the sal.h of the Windows Kits"
#endif

#if defined(__clang__)
#define SIM_TSA(Attribute) __attribute__((Attribute))
#else
#define SIM_TSA(Attribute)
#endif

#define SIM_CAPABILITY(Name) SIM_TSA(capability(Name))
#define SIM_NO_THREAD_SAFETY_ANALYSIS SIM_TSA(no_thread_safety_analysis)

/* "This thread is at DISPATCH_LEVEL or above": exists for the analysis only, never defined. */
struct SIM_CAPABILITY("IRQL") SimIrql {
    int Unused;
};
extern struct SimIrql SimDispatchLevel;

#define SIM_RAISES_TO_DISPATCH SIM_TSA(acquire_capability(SimDispatchLevel))
#define SIM_LOWERS_FROM_DISPATCH SIM_TSA(release_capability(SimDispatchLevel))
#define SIM_BELOW_DISPATCH SIM_TSA(locks_excluded(SimDispatchLevel))
#define SIM_AT_DISPATCH SIM_TSA(requires_capability(SimDispatchLevel))

/* IRQL. The argument is one of the level names or DIRQL. */
#define _IRQL_requires_max_(Irql) SIM_IRQL_MAX_##Irql
#define _IRQL_requires_(Irql) SIM_IRQL_IS_##Irql
#define _IRQL_requires_min_(Irql)
#define _IRQL_requires_same_
#define _IRQL_raises_(Irql)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(Kind, Parameter)
#define _IRQL_restores_global_(Kind, Parameter)
#define _IRQL_uses_cancel_
#define _IRQL_is_cancel_
#define _IRQL_always_function_min_(Irql)
#define _IRQL_always_function_max_(Irql)

#define SIM_IRQL_MAX_PASSIVE_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_MAX_LOW_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_MAX_APC_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_MAX_0 SIM_BELOW_DISPATCH
#define SIM_IRQL_MAX_1 SIM_BELOW_DISPATCH
#define SIM_IRQL_MAX_2
#define SIM_IRQL_MAX_DISPATCH_LEVEL
#define SIM_IRQL_MAX_SYNCH_LEVEL
#define SIM_IRQL_MAX_DIRQL
#define SIM_IRQL_MAX_HIGH_LEVEL
#define SIM_IRQL_MAX_IPI_LEVEL
#define SIM_IRQL_MAX_CLOCK_LEVEL
#define SIM_IRQL_IS_PASSIVE_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_IS_LOW_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_IS_APC_LEVEL SIM_BELOW_DISPATCH
#define SIM_IRQL_IS_0 SIM_BELOW_DISPATCH
#define SIM_IRQL_IS_1 SIM_BELOW_DISPATCH
#define SIM_IRQL_IS_2 SIM_AT_DISPATCH
#define SIM_IRQL_IS_DISPATCH_LEVEL SIM_AT_DISPATCH
#define SIM_IRQL_IS_SYNCH_LEVEL SIM_AT_DISPATCH
#define SIM_IRQL_IS_DIRQL SIM_AT_DISPATCH
#define SIM_IRQL_IS_HIGH_LEVEL SIM_AT_DISPATCH

/* Locks: after the parameter list. */
#if defined(SIM_SAL_NO_LOCKS)
#define SIM_LOCK(Attribute)
#else
#define SIM_LOCK(Attribute) SIM_TSA(Attribute)
#endif
#define _Requires_lock_held_(Lock) SIM_LOCK(requires_capability(Lock))
#define _Requires_exclusive_lock_held_(Lock) SIM_LOCK(requires_capability(Lock))
#define _Requires_shared_lock_held_(Lock) SIM_LOCK(requires_shared_capability(Lock))
#define _Requires_lock_not_held_(Lock) SIM_LOCK(locks_excluded(Lock))
#define _Requires_no_locks_held_
#define _Acquires_lock_(Lock) SIM_LOCK(acquire_capability(Lock))
#define _Acquires_exclusive_lock_(Lock) SIM_LOCK(acquire_capability(Lock))
#define _Acquires_shared_lock_(Lock) SIM_LOCK(acquire_shared_capability(Lock))
#define _Acquires_nonreentrant_lock_(Lock) SIM_LOCK(acquire_capability(Lock))
#define _Releases_lock_(Lock) SIM_LOCK(release_capability(Lock))
#define _Releases_exclusive_lock_(Lock) SIM_LOCK(release_capability(Lock))
#define _Releases_shared_lock_(Lock) SIM_LOCK(release_shared_capability(Lock))
#define _Releases_nonreentrant_lock_(Lock) SIM_LOCK(release_capability(Lock))
#define _Guarded_by_(Lock)
#define _Write_guarded_by_(Lock)
#define _Interlocked_
#define _Interlocked_operand_
#define _Has_lock_kind_(Kind)
#define _Has_lock_level_(Level)
#define _Lock_level_order_(A, B)
#define _Create_lock_level_(Level)
#define _No_competing_thread_
#define _Post_same_lock_(A, B)
#define _Internal_lock_level_order_(A, B)

/*
 * In front of a definition whose prototype is annotated. The Windows calling convention is part of
 * that prototype: clang takes it over, gcc wants it repeated, and this does.
 */
#if defined(__GNUC__) && !defined(__clang__) && !defined(_WIN32)
#define _Use_decl_annotations_ __attribute__((ms_abi))
#else
#define _Use_decl_annotations_
#endif

/* Contracts of parameters, results and fields: for readers and for the WDK's analyser. */
#define _In_
#define _Out_
#define _Inout_
#define _In_opt_
#define _Out_opt_
#define _Inout_opt_
#define _In_z_
#define _In_opt_z_
#define _Inout_z_
#define _Inout_opt_z_
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_z_
#define _Outptr_result_nullonfailure_
#define _Outptr_opt_result_nullonfailure_
#define _COM_Outptr_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Ret_maybenull_z_
#define _Ret_null_
#define _Ret_valid_
#define _Must_inspect_result_
#define _Check_return_
#define _Check_return_opt_
#define _Reserved_
#define _Const_
#define _Null_terminated_
#define _NullNull_terminated_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Notnull_
#define _Maybenull_
#define _Null_
#define _Valid_
#define _Notvalid_
#define _Pre_
#define _Post_
#define _Pre_valid_
#define _Post_valid_
#define _Pre_notnull_
#define _Pre_maybenull_
#define _Pre_null_
#define _Pre_z_
#define _Post_z_
#define _Post_invalid_
#define _Post_notnull_
#define _Post_maybenull_
#define _Post_null_
#define _Post_ptr_invalid_
#define _Pre_opt_valid_
#define _Prepost_z_
#define _Prepost_valid_
#define _Points_to_data_
#define _Literal_
#define _Notliteral_
#define _Deref_out_
#define _Deref_out_opt_
#define _Deref_pre_z_
#define _Deref_prepost_z_
#define _Field_z_
#define _Always_
#define _Analysis_noreturn_
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define _Unchanged_
#define _Kernel_entry_
#define _Strict_type_match_
#define _Curr_
#define _Enum_is_bitflag_
#define _Maybe_raises_SEH_exception_
#define _Outref_
#define _Outref_result_maybenull_
#define __drv_aliasesMem
#define __drv_inTry
#define __drv_notInTry
#define __drv_sameIRQL
#define __drv_useCancelIRQL
#define __drv_dispatchType_other
#define __drv_isCancelIRQL
#define __drv_restoresIRQL
#define __drv_savesIRQL
#define __drv_mustHoldCancelSpinLock
#define __drv_neverHoldCancelSpinLock
#define __drv_holdsCancelSpinLock
#define __drv_acquiresCancelSpinLock
#define __drv_releasesCancelSpinLock
#define __drv_acquiresCriticalRegion
#define __drv_releasesCriticalRegion
#define __drv_mustHoldCriticalRegion
#define __drv_neverHoldCriticalRegion
#define __drv_acquiresPriorityRegion
#define __drv_releasesPriorityRegion
#define __drv_isObjectPointer
#define __drv_requiresTruePFN
#define __drv_interlocked
#define __nullterminated
#define __nullnullterminated
#define __in
#define __out
#define __inout
#define __in_opt
#define __out_opt
#define __inout_opt
#define __reserved
#define __callback
#define __checkReturn
#define __analysis_noreturn
#define __deref_out
#define __deref_out_opt
#define __deref_inout
#define __deref_opt_out
#define __maybenull
#define __notnull
#define _Kernel_float_saved_
#define _Kernel_float_restored_
#define __kernel_entry
/* With arguments. */
#define _Out_writes_(N)
#define _Out_writes_opt_(N)
#define _Out_writes_bytes_(N)
#define _Out_writes_bytes_opt_(N)
#define _Out_writes_all_(N)
#define _Out_writes_all_opt_(N)
#define _Out_writes_bytes_all_(N)
#define _Out_writes_bytes_all_opt_(N)
#define _Out_writes_to_(N, C)
#define _Out_writes_to_opt_(N, C)
#define _Out_writes_bytes_to_(N, C)
#define _Out_writes_bytes_to_opt_(N, C)
#define _Out_writes_z_(N)
#define _Out_writes_opt_z_(N)
#define _Out_writes_to_ptr_(P)
#define _Inout_updates_(N)
#define _Inout_updates_opt_(N)
#define _Inout_updates_z_(N)
#define _Inout_updates_opt_z_(N)
#define _Inout_updates_bytes_(N)
#define _Inout_updates_bytes_opt_(N)
#define _Inout_updates_to_(N, C)
#define _Inout_updates_bytes_to_(N, C)
#define _Inout_updates_bytes_to_opt_(N, C)
#define _Inout_updates_all_(N)
#define _Inout_updates_bytes_all_(N)
#define _In_reads_(N)
#define _In_reads_opt_(N)
#define _In_reads_bytes_(N)
#define _In_reads_bytes_opt_(N)
#define _In_reads_z_(N)
#define _In_reads_opt_z_(N)
#define _In_reads_or_z_(N)
#define _In_reads_or_z_opt_(N)
#define _In_reads_to_ptr_(P)
#define _In_range_(A, B)
#define _Out_range_(A, B)
#define _Ret_range_(A, B)
#define _Field_range_(A, B)
#define _Deref_in_range_(A, B)
#define _Deref_out_range_(A, B)
#define _Pre_satisfies_(E)
#define _Post_satisfies_(E)
#define _Satisfies_(E)
#define _In_bytecount_(N)
#define _Out_bytecap_(N)
#define _Inout_bytecount_(N)
#define _In_count_(N)
#define _Out_cap_(N)
#define _Out_z_cap_(N)
#define _Outptr_result_buffer_(N)
#define _Outptr_result_buffer_maybenull_(N)
#define _Outptr_result_bytebuffer_(N)
#define _Outptr_result_bytebuffer_maybenull_(N)
#define _Outptr_opt_result_buffer_(N)
#define _Outptr_opt_result_bytebuffer_(N)
#define _Outptr_result_buffer_to_(N, C)
#define _Outptr_result_bytebuffer_to_(N, C)
#define _Ret_writes_(N)
#define _Ret_writes_bytes_(N)
#define _Ret_writes_maybenull_(N)
#define _Ret_writes_bytes_maybenull_(N)
#define _Ret_writes_bytes_to_(N, C)
#define _Ret_writes_z_(N)
#define _Post_writable_size_(N)
#define _Post_writable_byte_size_(N)
#define _Post_readable_size_(N)
#define _Post_readable_byte_size_(N)
#define _Pre_readable_size_(N)
#define _Pre_readable_byte_size_(N)
#define _Pre_writable_size_(N)
#define _Pre_writable_byte_size_(N)
#define _Readable_bytes_(N)
#define _Readable_elements_(N)
#define _Writable_bytes_(N)
#define _Writable_elements_(N)
#define _Field_size_(N)
#define _Field_size_opt_(N)
#define _Field_size_bytes_(N)
#define _Field_size_bytes_opt_(N)
#define _Field_size_part_(N, C)
#define _Field_size_bytes_part_(N, C)
#define _Field_size_full_(N)
#define _Field_size_bytes_full_(N)
#define _Struct_size_bytes_(N)
#define _Success_(E)
#define _Return_type_success_(E)
#define _On_failure_(A)
#define _At_(T, A)
#define _At_buffer_(T, I, N, A)
#define _When_(E, A)
#define _Group_(A)
#define _Function_class_(C)
#define _Kernel_clear_do_init_(V)
#define _Dispatch_type_(T)
#define _Analysis_assume_(E)
#define _Analysis_assume_lock_held_(L)
#define _Analysis_assume_lock_acquired_(L)
#define _Analysis_assume_lock_released_(L)
#define _Analysis_assume_lock_not_held_(L)
#define _Analysis_assume_nullterminated_(E)
#define _Analysis_assume_same_lock_(A, B)
#define _Analysis_suppress_lock_checking_(L) SIM_NO_THREAD_SAFETY_ANALYSIS
#define _Analysis_mode_(M)
#define _Enter_(X)
#define _Leave_(X)
#define _Deref_post_bytecap_(N)
#define _Post_equal_to_(E)
#define _Pre_equal_to_(E)
#define _Old_(E)
#define _Kernel_requires_resource_held_(R)
#define _Kernel_requires_resource_not_held_(R)
#define _Kernel_acquires_resource_(R)
#define _Kernel_releases_resource_(R)
#define __drv_at(E, A)
#define __drv_when(E, A)
#define __drv_arg(E, A)
#define __drv_fun(A)
#define __drv_ret(A)
#define __drv_in(A)
#define __drv_out(A)
#define __drv_in_deref(A)
#define __drv_out_deref(A)
#define __drv_allocatesMem(K)
#define __drv_freesMem(K)
#define __drv_preferredFunction(F, R)
#define __drv_reportError(E)
#define __drv_maxIRQL(I)
#define __drv_minIRQL(I)
#define __drv_requiresIRQL(I)
#define __drv_setsIRQL(I)
#define __drv_raisesIRQL(I)
#define __drv_maxFunctionIRQL(I)
#define __drv_minFunctionIRQL(I)
#define __drv_functionClass(C)
#define __drv_strictType(T, M)
#define __drv_strictTypeMatch(M)
#define __drv_dispatchType(T)
#define __drv_acquiresResource(K)
#define __drv_releasesResource(K)
#define __drv_mustHold(K)
#define __drv_neverHold(K)
#define __drv_acquiresExclusiveResource(K)
#define __drv_releasesExclusiveResource(K)
#define __drv_valueIs(L)
#define __drv_formatString(K)
#define __drv_clearDoInit(V)
#define __drv_savesIRQLGlobal(K, P)
#define __drv_restoresIRQLGlobal(K, P)
#define __drv_deref(A)
#define __drv_innerAcquiresGlobal(K, P)
#define __drv_acquiresExclusiveResourceGlobal(K, P)
#define __drv_releasesExclusiveResourceGlobal(K, P)
#define __drv_acquiresResourceGlobal(K, P)
#define __drv_releasesResourceGlobal(K, P)
#define __drv_mustHoldGlobal(K, P)
#define __drv_neverHoldGlobal(K, P)
#define __in_bcount(N)
#define __in_ecount(N)
#define __out_bcount(N)
#define __out_ecount(N)
#define __inout_bcount(N)
#define __inout_ecount(N)
#define __in_bcount_opt(N)
#define __in_ecount_opt(N)
#define __out_bcount_opt(N)
#define __out_ecount_opt(N)
#define __out_bcount_part(N, C)
#define __out_ecount_part(N, C)
#define __field_bcount(N)
#define __field_ecount(N)
#define __field_bcount_opt(N)
#define __field_ecount_opt(N)
#define __success(E)
#define __range(A, B)
#define __analysis_assume(E)
#define __field_bcount_part(N, C)
#define __field_ecount_part(N, C)
