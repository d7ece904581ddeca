# SPDX-License-Identifier: MIT

# Drivers for Windows, built beside the programs for Linux: clang compiles for the Microsoft ABI
# against ndishost's headers, lld-link links, llvm-dlltool makes import libraries of the .def files.
# The targets of one driver are NAME_x64 and NAME_arm64; the files lie in x64/ and arm64/ of the
# current binary directory, each NAME.sys with NAME.pdb.

find_program(WINDOWS_CLANG NAMES clang clang-14 REQUIRED)
find_program(WINDOWS_LINK NAMES lld-link lld-link-14 REQUIRED)
find_program(WINDOWS_DLLTOOL NAMES llvm-dlltool llvm-dlltool-14 REQUIRED)
find_program(WINDOWS_RC NAMES llvm-rc llvm-rc-14 REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(WINDOWS_SUPPORT ${PROJECT_SOURCE_DIR}/driver/windows)
set(WINDOWS_CHECKSUM ${PROJECT_SOURCE_DIR}/scripts/set_pe_checksum.py)

set(windows_triple_x64 x86_64-pc-windows-msvc)
set(windows_triple_arm64 aarch64-pc-windows-msvc)
set(windows_dlltool_x64 i386:x86-64)
set(windows_dlltool_arm64 arm64)

# Freestanding: no call becomes a C library's that the kernel does not have. It would drop the unwind
# data that the kernel needs of every function, hence the second option. No path of this machine goes
# into the file, so that it is the same wherever it is built.
set(windows_compile_flags
  -std=gnu11 -O2 -g -gcodeview -ffreestanding -fasynchronous-unwind-tables -fno-strict-aliasing
  -Wall -Wextra -Werror -Wno-multichar -Xclang -cfguard
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -fdebug-compilation-dir=.
  -I${PROJECT_SOURCE_DIR}/ndishost/include -I${PROJECT_SOURCE_DIR}/include
  $<$<CONFIG:Debug>:-DDBG=1>)
set(windows_link_flags
  /nologo /driver /subsystem:native,10.00 /entry:GsDriverEntry /nodefaultlib /machine:
  /guard:cf /dynamicbase /highentropyva /nxcompat /section:INIT,ERD /opt:ref,noicf
  /Brepro /debug:full /WX)

# One object file. Appends it to the list that OBJECTS names.
function(windows_compile ARCHITECTURE OBJECTS DIRECTORY SOURCE)
  get_filename_component(source ${SOURCE} ABSOLUTE)
  get_filename_component(name ${SOURCE} NAME_WE)
  set(object ${DIRECTORY}/${name}.obj)
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_C_COMPILER_LAUNCHER} ${WINDOWS_CLANG}
      --target=${windows_triple_${ARCHITECTURE}} ${windows_compile_flags} ${ARGN}
      -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source}
    DEPFILE ${object}.d
    COMMENT "Building ${ARCHITECTURE} object ${name}.obj"
    COMMAND_EXPAND_LISTS VERBATIM)
  set(${OBJECTS} ${${OBJECTS}} ${object} PARENT_SCOPE)
endfunction()

# The import libraries of the kernel: the target windows_imports_ARCHITECTURE.
function(windows_imports ARCHITECTURE)
  set(libraries)
  foreach(module ntoskrnl ndis)
    set(library ${PROJECT_BINARY_DIR}/driver/${ARCHITECTURE}/${module}.lib)
    add_custom_command(
      OUTPUT ${library}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/driver/${ARCHITECTURE}
      COMMAND ${WINDOWS_DLLTOOL} -m ${windows_dlltool_${ARCHITECTURE}}
        -d ${WINDOWS_SUPPORT}/${module}.def -l ${library}
      DEPENDS ${WINDOWS_SUPPORT}/${module}.def
      COMMENT "Building ${ARCHITECTURE} import library ${module}.lib"
      VERBATIM)
    list(APPEND libraries ${library})
  endforeach()
  add_custom_target(windows_imports_${ARCHITECTURE} DEPENDS ${libraries})
endfunction()

# windows_driver(NAME SOURCES file... [RESOURCE file] [FLAGS flag...])
function(windows_driver NAME)
  cmake_parse_arguments(ARG "" "RESOURCE" "SOURCES;FLAGS" ${ARGN})
  foreach(architecture x64 arm64)
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/${architecture})
    set(imports ${PROJECT_BINARY_DIR}/driver/${architecture})
    file(MAKE_DIRECTORY ${directory}/${NAME})
    set(objects)
    foreach(source ${ARG_SOURCES} ${WINDOWS_SUPPORT}/wdmsec.c)
      windows_compile(${architecture} objects ${directory}/${NAME} ${source}
        -fstack-protector-strong ${ARG_FLAGS})
    endforeach()
    windows_compile(${architecture} objects ${directory}/${NAME} ${WINDOWS_SUPPORT}/load_config.c)
    if(ARG_RESOURCE)
      get_filename_component(resource ${ARG_RESOURCE} ABSOLUTE)
      set(compiled ${directory}/${NAME}/${NAME}.res)
      add_custom_command(
        OUTPUT ${compiled}
        COMMAND ${WINDOWS_RC} /no-preprocess /fo ${compiled} ${resource}
        DEPENDS ${resource}
        VERBATIM)
      list(APPEND objects ${compiled})
    endif()
    set(image ${directory}/${NAME}.sys)
    set(link_flags ${windows_link_flags})
    list(TRANSFORM link_flags REPLACE "^/machine:$" "/machine:${architecture}")
    add_custom_command(
      OUTPUT ${image}
      BYPRODUCTS ${directory}/${NAME}.pdb
      COMMAND ${WINDOWS_LINK} ${link_flags} /out:${image}
        /pdb:${directory}/${NAME}.pdb /pdbaltpath:${NAME}.pdb
        ${objects} ${imports}/ntoskrnl.lib ${imports}/ndis.lib
      COMMAND ${Python3_EXECUTABLE} ${WINDOWS_CHECKSUM} ${image}
      DEPENDS ${objects} ${WINDOWS_CHECKSUM} windows_imports_${architecture}
        ${imports}/ntoskrnl.lib ${imports}/ndis.lib
      COMMENT "Linking ${architecture} driver ${NAME}.sys"
      VERBATIM)
    add_custom_target(${NAME}_${architecture} ALL DEPENDS ${image})
  endforeach()
endfunction()
