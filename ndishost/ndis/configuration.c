// SPDX-License-Identifier: MIT
// Configuration: a view on a registry key. For an adapter its software key, for a protocol the
// Parameters key of its service, for a binding the protocol's section of that adapter.

#include "filter.h"

// What a read gave the driver: valid until the configuration is closed.
typedef struct PARAMETER {
    struct PARAMETER *Next;
    NDIS_CONFIGURATION_PARAMETER Value;
    UCHAR Address[32]; // of NdisReadNetworkAddress
    DECLSPEC_ALIGN(8) UCHAR Data[];
} PARAMETER;

typedef struct CONFIGURATION {
    ULONG Signature;
    HANDLE Key;
    PARAMETER *Parameters;
} CONFIGURATION;

#define VALUE_BYTES_MAX 4096

static CONFIGURATION *ConfigurationCheck(NDIS_HANDLE Handle, const char *Function)
{
    if (HandleSignature(Handle) != SIGNATURE_CONFIGURATION) {
        BugCheck(NDIS_BUG_BAD_HANDLE, Handle, 0, 0, "%s: %p is not a configuration handle",
                 Function, Handle);
    }
    return Handle;
}

static NTSTATUS KeyOpenPath(PUNICODE_STRING Path, HANDLE *Key)
{
    OBJECT_ATTRIBUTES Attributes;
    InitializeObjectAttributes(&Attributes, Path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    return ZwOpenKey(Key, KEY_READ | KEY_WRITE, &Attributes);
}

// Prefix\Name\Parameters
static NTSTATUS KeyOpenParameters(PCWSTR Prefix, PCUNICODE_STRING Name, HANDLE *Key)
{
    UNICODE_STRING Path = {0};
    Path.MaximumLength = (USHORT)(Name->Length + 256);
    Path.Buffer = SimNdisAllocate(Path.MaximumLength);
    if (Path.Buffer == NULL) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlAppendUnicodeToString(&Path, Prefix);
    RtlAppendUnicodeStringToString(&Path, Name);
    RtlAppendUnicodeToString(&Path, L"\\Parameters");
    NTSTATUS Status = KeyOpenPath(&Path, Key);
    SimNdisFree(Path.Buffer);
    return Status;
}

static NTSTATUS KeyOpen(NDIS_HANDLE Handle, HANDLE *Key)
{
    static const WCHAR Services[] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    switch (HandleSignature(Handle)) {
    case SIGNATURE_ADAPTER:
        return IoOpenDeviceRegistryKey(((ADAPTER *)Handle)->Pdo, PLUGPLAY_REGKEY_DRIVER,
                                       KEY_READ | KEY_WRITE, Key);
    case SIGNATURE_PROTOCOL:
        return KeyOpenParameters(Services, &((PROTOCOL *)Handle)->Name, Key);
    case SIGNATURE_FILTER_DRIVER:
        return KeyOpenParameters(Services, &((FILTER_DRIVER *)Handle)->ServiceName, Key);
    case SIGNATURE_FILTER: // of the adapter; a module has no key of its own
        return IoOpenDeviceRegistryKey(((FILTER *)Handle)->Adapter->Pdo, PLUGPLAY_REGKEY_DRIVER,
                                       KEY_READ | KEY_WRITE, Key);
    case SIGNATURE_MINIPORT_DRIVER:
        return KeyOpenParameters(L"", &((MINIPORT_DRIVER *)Handle)->RegistryPath, Key);
    case SIGNATURE_BINDING:
        return KeyOpenPath(&((BINDING *)Handle)->ProtocolSection, Key);
    case SIGNATURE_BIND_CONTEXT:
        return KeyOpenPath(&CONTAINING_RECORD(Handle, BINDING, Bind)->ProtocolSection, Key);
    default:
        return STATUS_INVALID_HANDLE;
    }
}

static NDIS_STATUS ConfigurationMake(HANDLE Key, NDIS_HANDLE *Handle)
{
    CONFIGURATION *Configuration = SimNdisAllocate(sizeof(CONFIGURATION));
    if (Configuration == NULL) {
        ZwClose(Key);
        return NDIS_STATUS_RESOURCES;
    }
    Configuration->Signature = SIGNATURE_CONFIGURATION;
    Configuration->Key = Key;
    InterlockedIncrement(&SimNdis.Objects);
    *Handle = Configuration;
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NTAPI NdisOpenConfigurationEx(PNDIS_CONFIGURATION_OBJECT ConfigObject,
                                          PNDIS_HANDLE ConfigurationHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    *ConfigurationHandle = NULL;
    if (!HeaderIsAtLeast(&ConfigObject->Header, NDIS_OBJECT_TYPE_CONFIGURATION_OBJECT,
                         NDIS_SIZEOF_CONFIGURATION_OBJECT_REVISION_1)) {
        return NDIS_STATUS_INVALID_PARAMETER;
    }
    HANDLE Key;
    NTSTATUS Status = KeyOpen(ConfigObject->NdisHandle, &Key);
    if (!NT_SUCCESS(Status)) {
        return Status == STATUS_INSUFFICIENT_RESOURCES ? NDIS_STATUS_RESOURCES
                                                       : NDIS_STATUS_FAILURE;
    }
    return ConfigurationMake(Key, ConfigurationHandle);
}

void NTAPI NdisCloseConfiguration(NDIS_HANDLE ConfigurationHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    while (Configuration->Parameters != NULL) {
        PARAMETER *Parameter = Configuration->Parameters;
        Configuration->Parameters = Parameter->Next;
        SimNdisFree(Parameter);
    }
    Configuration->Signature = 0;
    ZwClose(Configuration->Key);
    SimNdisFree(Configuration);
    InterlockedDecrement(&SimNdis.Objects);
}

void NTAPI NdisOpenConfigurationKeyByName(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                          PNDIS_STRING SubKeyName, PNDIS_HANDLE SubKeyHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    *SubKeyHandle = NULL;
    OBJECT_ATTRIBUTES Attributes;
    InitializeObjectAttributes(&Attributes, SubKeyName, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               Configuration->Key, NULL);
    HANDLE Key;
    if (!NT_SUCCESS(ZwOpenKey(&Key, KEY_READ | KEY_WRITE, &Attributes))) {
        *Status = NDIS_STATUS_FAILURE;
        return;
    }
    *Status = ConfigurationMake(Key, SubKeyHandle);
}

// The caller's KeyName has a buffer of the caller's.
void NTAPI NdisOpenConfigurationKeyByIndex(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                           ULONG Index, PNDIS_STRING KeyName,
                                           PNDIS_HANDLE KeyHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    *KeyHandle = NULL;
    *Status = NDIS_STATUS_RESOURCES;
    KEY_BASIC_INFORMATION *Information = SimNdisAllocate(VALUE_BYTES_MAX);
    if (Information == NULL) {
        return;
    }
    ULONG Length;
    *Status = NDIS_STATUS_FAILURE;
    if (NT_SUCCESS(ZwEnumerateKey(Configuration->Key, Index, KeyBasicInformation, Information,
                                  VALUE_BYTES_MAX, &Length)) &&
        Information->NameLength <= KeyName->MaximumLength) {
        KeyName->Length = (USHORT)Information->NameLength;
        RtlCopyMemory(KeyName->Buffer, Information->Name, KeyName->Length);
        NdisOpenConfigurationKeyByName(Status, Configuration, KeyName, KeyHandle);
    }
    SimNdisFree(Information);
}

static PARAMETER *ParameterMake(CONFIGURATION *Configuration, ULONG Bytes)
{
    PARAMETER *Parameter = SimNdisAllocate(sizeof(PARAMETER) + Bytes + sizeof(WCHAR));
    if (Parameter != NULL) {
        Parameter->Next = Configuration->Parameters;
        Configuration->Parameters = Parameter;
    }
    return Parameter;
}

// Network keywords are stored as text also where they are numbers.
static NTSTATUS TextToInteger(const UNICODE_STRING *Text, ULONG Base, ULONG *Value)
{
    return RtlUnicodeStringToInteger(Text, Base, Value);
}

static void TextSet(PARAMETER *Parameter, ULONG Bytes)
{
    UNICODE_STRING *Text = &Parameter->Value.ParameterData.StringData;
    const WCHAR *Characters = (const WCHAR *)Parameter->Data;
    while (Bytes >= sizeof(WCHAR) && Characters[Bytes / sizeof(WCHAR) - 1] == 0) {
        Bytes -= sizeof(WCHAR);
    }
    Text->Buffer = (PWSTR)Parameter->Data;
    Text->Length = (USHORT)Bytes;
    Text->MaximumLength = (USHORT)(Bytes + sizeof(WCHAR));
}

static NDIS_STATUS ValueConvert(PARAMETER *Parameter, const KEY_VALUE_PARTIAL_INFORMATION *From,
                                NDIS_PARAMETER_TYPE Wanted)
{
    NDIS_CONFIGURATION_PARAMETER *To = &Parameter->Value;
    RtlCopyMemory(Parameter->Data, From->Data, From->DataLength);
    switch (From->Type) {
    case REG_DWORD:
        To->ParameterType = Wanted == NdisParameterHexInteger ? NdisParameterHexInteger
                                                              : NdisParameterInteger;
        RtlCopyMemory(&To->ParameterData.IntegerData, From->Data, sizeof(ULONG));
        return NDIS_STATUS_SUCCESS;
    case REG_SZ:
    case REG_EXPAND_SZ:
        TextSet(Parameter, From->DataLength);
        To->ParameterType = NdisParameterString;
        if (Wanted != NdisParameterInteger && Wanted != NdisParameterHexInteger) {
            return NDIS_STATUS_SUCCESS;
        }
        UNICODE_STRING Text = To->ParameterData.StringData;
        To->ParameterType = Wanted;
        return NT_SUCCESS(TextToInteger(&Text, Wanted == NdisParameterHexInteger ? 16 : 10,
                                        &To->ParameterData.IntegerData))
                   ? NDIS_STATUS_SUCCESS
                   : NDIS_STATUS_FAILURE;
    case REG_MULTI_SZ:
        To->ParameterType = NdisParameterMultiString;
        To->ParameterData.StringData.Buffer = (PWSTR)Parameter->Data;
        To->ParameterData.StringData.Length = (USHORT)From->DataLength;
        To->ParameterData.StringData.MaximumLength = (USHORT)From->DataLength;
        return NDIS_STATUS_SUCCESS;
    case REG_BINARY:
        To->ParameterType = NdisParameterBinary;
        To->ParameterData.BinaryData.Buffer = Parameter->Data;
        To->ParameterData.BinaryData.Length = (USHORT)From->DataLength;
        return NDIS_STATUS_SUCCESS;
    default:
        return NDIS_STATUS_FAILURE;
    }
}

static NDIS_STATUS ValueRead(CONFIGURATION *Configuration, PUNICODE_STRING Keyword,
                             NDIS_PARAMETER_TYPE Wanted, PARAMETER **Result)
{
    KEY_VALUE_PARTIAL_INFORMATION *Information = SimNdisAllocate(VALUE_BYTES_MAX);
    if (Information == NULL) {
        return NDIS_STATUS_RESOURCES;
    }
    ULONG Length;
    NDIS_STATUS Status = NDIS_STATUS_FAILURE;
    if (NT_SUCCESS(ZwQueryValueKey(Configuration->Key, Keyword, KeyValuePartialInformation,
                                   Information, VALUE_BYTES_MAX, &Length))) {
        *Result = ParameterMake(Configuration, Information->DataLength);
        Status = *Result == NULL ? NDIS_STATUS_RESOURCES
                                 : ValueConvert(*Result, Information, Wanted);
    }
    SimNdisFree(Information);
    return Status;
}

// Keywords that are not in the registry.
static BOOLEAN ValueBuiltIn(PCUNICODE_STRING Keyword, ULONG *Value)
{
    static const struct {
        PCWSTR Keyword;
        ULONG Value;
    } BuiltIn[] = {
        {L"Environment", NdisEnvironmentWindowsNt},
        {L"ProcessorType", NdisProcessorAmd64},
        {L"NdisVersion", (6u << 16) | 87u},
    };
    for (ULONG i = 0; i < ARRAYSIZE(BuiltIn); i++) {
        UNICODE_STRING Name;
        RtlInitUnicodeString(&Name, BuiltIn[i].Keyword);
        if (RtlEqualUnicodeString(&Name, Keyword, TRUE)) {
            *Value = BuiltIn[i].Value;
            return TRUE;
        }
    }
    return FALSE;
}

void NTAPI NdisReadConfiguration(PNDIS_STATUS Status, PNDIS_CONFIGURATION_PARAMETER *ParameterValue,
                                 NDIS_HANDLE ConfigurationHandle, PNDIS_STRING Keyword,
                                 NDIS_PARAMETER_TYPE ParameterType)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    *ParameterValue = NULL;
    PARAMETER *Parameter = NULL;
    ULONG Integer;
    if (ValueBuiltIn(Keyword, &Integer)) {
        Parameter = ParameterMake(Configuration, 0);
        *Status = Parameter == NULL ? NDIS_STATUS_RESOURCES : NDIS_STATUS_SUCCESS;
        if (Parameter != NULL) {
            Parameter->Value.ParameterType = NdisParameterInteger;
            Parameter->Value.ParameterData.IntegerData = Integer;
        }
    } else {
        *Status = ValueRead(Configuration, Keyword, ParameterType, &Parameter);
    }
    if (*Status == NDIS_STATUS_SUCCESS) {
        *ParameterValue = &Parameter->Value;
    }
}

static ULONG HexDigit(WCHAR Character)
{
    if (Character >= '0' && Character <= '9') {
        return (ULONG)(Character - '0');
    }
    Character |= 0x20;
    return Character >= 'a' && Character <= 'f' ? (ULONG)(Character - 'a' + 10) : 16;
}

// Pairs of hexadecimal digits, with or without a dash between them.
static ULONG AddressParse(const UNICODE_STRING *Text, UCHAR *Address, ULONG Room)
{
    ULONG Count = 0;
    ULONG Characters = Text->Length / sizeof(WCHAR);
    for (ULONG i = 0; i + 1 < Characters && Count < Room;) {
        if (Text->Buffer[i] == '-' || Text->Buffer[i] == ':') {
            i++;
            continue;
        }
        ULONG High = HexDigit(Text->Buffer[i]);
        ULONG Low = HexDigit(Text->Buffer[i + 1]);
        if (High > 15 || Low > 15) {
            return 0;
        }
        Address[Count++] = (UCHAR)(High << 4 | Low);
        i += 2;
    }
    return Count;
}

void NTAPI NdisReadNetworkAddress(PNDIS_STATUS Status, PVOID *NetworkAddress,
                                  PUINT NetworkAddressLength, NDIS_HANDLE ConfigurationHandle)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    UNICODE_STRING Keyword;
    RtlInitUnicodeString(&Keyword, L"NetworkAddress");
    PARAMETER *Parameter;
    *NetworkAddress = NULL;
    *NetworkAddressLength = 0;
    *Status = ValueRead(Configuration, &Keyword, NdisParameterString, &Parameter);
    if (*Status != NDIS_STATUS_SUCCESS || Parameter->Value.ParameterType != NdisParameterString) {
        *Status = NDIS_STATUS_FAILURE;
        return;
    }
    ULONG Length = AddressParse(&Parameter->Value.ParameterData.StringData, Parameter->Address,
                                sizeof(Parameter->Address));
    if (Length == 0) {
        *Status = NDIS_STATUS_FAILURE;
        return;
    }
    *NetworkAddress = Parameter->Address;
    *NetworkAddressLength = Length;
}

void NTAPI NdisWriteConfiguration(PNDIS_STATUS Status, NDIS_HANDLE ConfigurationHandle,
                                  PNDIS_STRING Keyword,
                                  PNDIS_CONFIGURATION_PARAMETER ParameterValue)
{
    NDIS_REQUIRE_MAX_IRQL(PASSIVE_LEVEL);
    CONFIGURATION *Configuration = ConfigurationCheck(ConfigurationHandle, __func__);
    ULONG Type = REG_DWORD;
    PVOID Data = &ParameterValue->ParameterData.IntegerData;
    ULONG Bytes = sizeof(ULONG);
    switch (ParameterValue->ParameterType) {
    case NdisParameterInteger:
    case NdisParameterHexInteger:
        break;
    case NdisParameterString:
    case NdisParameterMultiString:
        Type = ParameterValue->ParameterType == NdisParameterString ? REG_SZ : REG_MULTI_SZ;
        Data = ParameterValue->ParameterData.StringData.Buffer;
        Bytes = ParameterValue->ParameterData.StringData.Length;
        break;
    case NdisParameterBinary:
        Type = REG_BINARY;
        Data = ParameterValue->ParameterData.BinaryData.Buffer;
        Bytes = ParameterValue->ParameterData.BinaryData.Length;
        break;
    default:
        *Status = NDIS_STATUS_NOT_SUPPORTED;
        return;
    }
    *Status = NT_SUCCESS(ZwSetValueKey(Configuration->Key, Keyword, 0, Type, Data, Bytes))
                  ? NDIS_STATUS_SUCCESS
                  : NDIS_STATUS_FAILURE;
}
