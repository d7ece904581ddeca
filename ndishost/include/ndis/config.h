/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Configuration and NDIS strings (provided by ndis).
 */

#include "../nt/types.h"
#include "types.h"
#include "../nt/rtl.h"
#include "net.h"
#include "driver.h"

#define NDIS_CONFIG_FLAG_FILTER_INSTANCE_CONFIGURATION 1

typedef enum _NDIS_PARAMETER_TYPE {
    NdisParameterInteger,
    NdisParameterHexInteger,
    NdisParameterString,
    NdisParameterMultiString,
    NdisParameterBinary,
} NDIS_PARAMETER_TYPE, *PNDIS_PARAMETER_TYPE;

typedef struct _NDIS_CONFIGURATION_OBJECT {
    NDIS_OBJECT_HEADER Header;
    NDIS_HANDLE NdisHandle;
    ULONG Flags;
} NDIS_CONFIGURATION_OBJECT, *PNDIS_CONFIGURATION_OBJECT;

typedef struct {
    USHORT Length;
    PVOID Buffer;
} BINARY_DATA;

typedef struct _NDIS_CONFIGURATION_PARAMETER {
    NDIS_PARAMETER_TYPE ParameterType;
    union {
        ULONG IntegerData;
        NDIS_STRING StringData;
        BINARY_DATA BinaryData;
    } ParameterData;
} NDIS_CONFIGURATION_PARAMETER, *PNDIS_CONFIGURATION_PARAMETER;

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisCloseConfiguration(NDIS_HANDLE ConfigurationHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisInitializeString(PNDIS_STRING Destination, PUCHAR Source);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI NDIS_STATUS NTAPI NdisOpenConfigurationEx(
    PNDIS_CONFIGURATION_OBJECT ConfigObject, PNDIS_HANDLE ConfigurationHandle);

_IRQL_requires_max_(APC_LEVEL)
NDISAPI void NTAPI NdisOpenConfigurationKeyByIndex(
    PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, ULONG Index, PNDIS_STRING KeyName,
    PNDIS_HANDLE KeyHandle);

_IRQL_requires_max_(APC_LEVEL)
NDISAPI void NTAPI NdisOpenConfigurationKeyByName(
    PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING SubKeyName,
    PNDIS_HANDLE SubKeyHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisReadConfiguration(
    PNDIS_STATUS Status, PNDIS_CONFIGURATION_PARAMETER *ParameterValue,
    NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword, NDIS_PARAMETER_TYPE ParameterType);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisReadNetworkAddress(
    PNDIS_STATUS Status, PVOID *NetworkAddress, PUINT NetworkAddressLength,
    NDIS_HANDLE ConfigurationHandle);

_IRQL_requires_max_(PASSIVE_LEVEL)
NDISAPI void NTAPI NdisWriteConfiguration(
    PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
    PNDIS_CONFIGURATION_PARAMETER ParameterValue);

#define NDIS_STRING_CONST(Literal)                                      \
    {                                                                   \
        sizeof(L##Literal) - 2, sizeof(L##Literal), (PWCH)L##Literal    \
    }
#define NdisInitUnicodeString(Unicode, Literal) RtlInitUnicodeString((Unicode), (Literal))
#define NdisInitAnsiString(Ansi, Literal) RtlInitString((Ansi), (Literal))
#define NdisAnsiStringToUnicodeString(Unicode, Ansi) \
    RtlAnsiStringToUnicodeString((Unicode), (Ansi), FALSE)
#define NdisUnicodeStringToAnsiString(Ansi, Unicode) \
    RtlUnicodeStringToAnsiString((Ansi), (Unicode), FALSE)
#define NdisUpcaseUnicodeString(Destination, Source) \
    RtlUpcaseUnicodeString((Destination), (Source), FALSE)
#define NdisEqualString(A, B, IgnoreCase) RtlEqualUnicodeString((A), (B), (IgnoreCase))
#define NdisEqualUnicodeString(A, B, IgnoreCase) RtlEqualUnicodeString((A), (B), (IgnoreCase))
#define NdisFreeString(String) NdisFreeMemory((String).Buffer, (String).MaximumLength, 0)
