# SPDX-License-Identifier: MIT

# Drivers for Windows, built beside the programs for Linux: clang compiles for the Microsoft ABI
# against ndishost's headers, lld-link links, llvm-dlltool makes import libraries of the .def files.
# The targets of one driver are NAME_x64 and NAME_arm64; the files lie in x64/ and arm64/ of the
# current binary directory, each NAME.sys with NAME.pdb. WINDOWS_ARCHITECTURES may name fewer.

find_program(WINDOWS_CLANG NAMES clang clang-14 REQUIRED)
find_program(WINDOWS_LINK NAMES lld-link lld-link-14 REQUIRED)
find_program(WINDOWS_DLLTOOL NAMES llvm-dlltool llvm-dlltool-14 REQUIRED)
find_program(WINDOWS_RC NAMES llvm-rc llvm-rc-14 REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

if(NOT DEFINED WINDOWS_ARCHITECTURES)
  set(WINDOWS_ARCHITECTURES x64 arm64)
endif()
set(WINDOWS_SUPPORT ${PROJECT_SOURCE_DIR}/driver/windows)
set(WINDOWS_IMPORTS ${PROJECT_BINARY_DIR}/driver) # the libraries are in x64/ and arm64/ of it
set(WINDOWS_CHECKSUM ${PROJECT_SOURCE_DIR}/scripts/set_pe_checksum.py)

set(windows_triple_x64 x86_64-pc-windows-msvc)
set(windows_triple_arm64 aarch64-pc-windows-msvc)
set(windows_dlltool_x64 i386:x86-64)
set(windows_dlltool_arm64 arm64)

# Freestanding: the compiler knows no C library, whose calls the kernel does not have. That would drop
# the unwind data that the kernel needs of every function, hence the second option. Jump tables would
# be data between the code, and their jumps unguarded.
#
# The same image and debug information come out wherever this is built: both have the arguments of
# compiler and linker in them or a hash of those, so every file is named relative to the working
# directory, the sources through a link there. The debug information calls their directory /shuttle.
set(windows_compile_flags
  -std=gnu11 -O2 -g -gcodeview -ffreestanding -fasynchronous-unwind-tables -fno-strict-aliasing
  -fno-jump-tables -Wall -Wextra -Werror -Wno-multichar -Xclang -cfguard
  -fmacro-prefix-map=source/= -fdebug-prefix-map=source=/shuttle
  -fdebug-compilation-dir=/shuttle -fcoverage-compilation-dir=/shuttle
  -Isource/ndishost/include -Isource/include
  $<$<CONFIG:Debug>:-DDBG=1>)
set(windows_link_flags
  /nologo /driver /subsystem:native,10.00 /entry:GsDriverEntry /nodefaultlib
  /guard:cf /dynamicbase /highentropyva /nxcompat /section:INIT,ERD /opt:ref,noicf
  /Brepro /debug:full /pdbsourcepath:/shuttle /WX)

# One object file below the current binary directory. Appends it to the list that OBJECTS names. Not
# through a compiler cache: that may rewrite paths.
function(windows_compile ARCHITECTURE OBJECTS DIRECTORY SOURCE)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/source SYMBOLIC)
  get_filename_component(source ${SOURCE} ABSOLUTE)
  file(RELATIVE_PATH source ${PROJECT_SOURCE_DIR} ${source})
  get_filename_component(name ${SOURCE} NAME_WE)
  set(object ${DIRECTORY}/${name}.obj)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${WINDOWS_CLANG} --target=${windows_triple_${ARCHITECTURE}} ${windows_compile_flags}
      ${ARGN} -MD -MF ${object}.d -c source/${source} -o ${object}
    DEPENDS ${PROJECT_SOURCE_DIR}/${source}
    DEPFILE ${CMAKE_CURRENT_BINARY_DIR}/${object}.d
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    COMMENT "Building ${ARCHITECTURE} object ${name}.obj"
    COMMAND_EXPAND_LISTS VERBATIM)
  set(${OBJECTS} ${${OBJECTS}} ${object} PARENT_SCOPE)
endfunction()

# What a driver links: the import libraries of the kernel, and in place of the WDK's wdmsec.lib and
# BufferOverflowFastFailK.lib those of driver/windows. The target is windows_imports_ARCHITECTURE.
function(windows_imports ARCHITECTURE)
  set(libraries)
  file(MAKE_DIRECTORY ${WINDOWS_IMPORTS}/${ARCHITECTURE}/imports)
  foreach(module ntoskrnl ndis)
    add_custom_command(
      OUTPUT ${ARCHITECTURE}/${module}.lib
      COMMAND ${WINDOWS_DLLTOOL} -m ${windows_dlltool_${ARCHITECTURE}}
        -d ${WINDOWS_SUPPORT}/${module}.def -l ${ARCHITECTURE}/${module}.lib
      DEPENDS ${WINDOWS_SUPPORT}/${module}.def
      COMMENT "Building ${ARCHITECTURE} import library ${module}.lib"
      VERBATIM)
    list(APPEND libraries ${ARCHITECTURE}/${module}.lib)
  endforeach()
  set(wdmsec)
  windows_compile(${ARCHITECTURE} wdmsec ${ARCHITECTURE}/imports ${WINDOWS_SUPPORT}/wdmsec.c
    -fstack-protector-strong)
  set(load_config)
  windows_compile(${ARCHITECTURE} load_config ${ARCHITECTURE}/imports
    ${WINDOWS_SUPPORT}/load_config.c)
  add_custom_command(
    OUTPUT ${ARCHITECTURE}/wdmsec.lib
    COMMAND ${WINDOWS_LINK} /lib /out:${ARCHITECTURE}/wdmsec.lib ${wdmsec}
    DEPENDS ${wdmsec}
    COMMENT "Building ${ARCHITECTURE} library wdmsec.lib"
    VERBATIM)
  add_custom_target(windows_imports_${ARCHITECTURE}
    DEPENDS ${libraries} ${ARCHITECTURE}/wdmsec.lib ${load_config})
endfunction()

# The compiled version resource of a driver. Appends it to the list that OBJECTS names. The source is
# named relative to the build directory: llvm-rc takes a path like /check/... for its option /c.
function(windows_resource OBJECTS DIRECTORY SOURCE)
  get_filename_component(source ${SOURCE} ABSOLUTE)
  file(RELATIVE_PATH relative ${CMAKE_CURRENT_BINARY_DIR} ${source})
  get_filename_component(name ${SOURCE} NAME_WE)
  set(output ${DIRECTORY}/${name}.res)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${WINDOWS_RC} /no-preprocess /fo ${output} ${relative}
    DEPENDS ${source}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    VERBATIM)
  set(${OBJECTS} ${${OBJECTS}} ${output} PARENT_SCOPE)
endfunction()

# windows_driver(NAME SOURCES file... [RESOURCE file] [FLAGS flag...])
function(windows_driver NAME)
  cmake_parse_arguments(ARG "" "RESOURCE" "SOURCES;FLAGS" ${ARGN})
  file(RELATIVE_PATH imports ${CMAKE_CURRENT_BINARY_DIR} ${WINDOWS_IMPORTS})
  if(NOT imports)
    set(imports .)
  endif()
  foreach(architecture ${WINDOWS_ARCHITECTURES})
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${architecture}/${NAME})
    set(objects)
    foreach(source ${ARG_SOURCES})
      windows_compile(${architecture} objects ${architecture}/${NAME} ${source}
        -fstack-protector-strong ${ARG_FLAGS})
    endforeach()
    if(ARG_RESOURCE)
      windows_resource(objects ${architecture}/${NAME} ${ARG_RESOURCE})
    endif()
    set(libraries)
    foreach(file imports/load_config.obj wdmsec.lib ntoskrnl.lib ndis.lib)
      list(APPEND libraries ${imports}/${architecture}/${file})
    endforeach()
    add_custom_command(
      OUTPUT ${architecture}/${NAME}.sys
      BYPRODUCTS ${architecture}/${NAME}.pdb
      COMMAND ${WINDOWS_LINK} ${windows_link_flags} /machine:${architecture}
        /out:${architecture}/${NAME}.sys /pdb:${architecture}/${NAME}.pdb /pdbaltpath:${NAME}.pdb
        ${objects} ${libraries}
      COMMAND ${Python3_EXECUTABLE} ${WINDOWS_CHECKSUM} ${architecture}/${NAME}.sys
      DEPENDS ${objects} ${WINDOWS_CHECKSUM} windows_imports_${architecture}
      WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
      COMMENT "Linking ${architecture} driver ${NAME}.sys"
      VERBATIM)
    add_custom_target(${NAME}_${architecture} ALL DEPENDS ${architecture}/${NAME}.sys)
  endforeach()
endfunction()
